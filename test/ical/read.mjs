// Reads a file of iCalendar with ical.js and with node-ical, and prints what each found as a
// line of JSON: for each event its uid, title, description, times in UTC and its state.
import { readFileSync } from "node:fs";
import ICAL from "ical.js";
import nodeIcal from "node-ical";

const text = readFileSync(process.argv[2], "utf8");
const seconds = (iso) => iso.replace(/\.\d+Z$/, "Z");

function withICALjs() {
  const calendar = new ICAL.Component(ICAL.parse(text));
  for (const zone of calendar.getAllSubcomponents("vtimezone")) ICAL.TimezoneService.register(new ICAL.Timezone(zone));
  const time = (t) => (t.isDate ? t.toString() : seconds(t.toJSDate().toISOString()));
  return calendar.getAllSubcomponents("vevent").map((v) => {
    const e = new ICAL.Event(v);
    return {
      uid: e.uid, title: e.summary, description: e.description ?? "", start: time(e.startDate),
      end: v.hasProperty("dtend") ? time(e.endDate) : "", cancelled: v.getFirstPropertyValue("status") === "CANCELLED",
    };
  });
}

function withNodeIcal() {
  const day = (d) => `${d.getFullYear()}-${String(d.getMonth() + 1).padStart(2, "0")}-${String(d.getDate()).padStart(2, "0")}`;
  const time = (d, whole) => (whole ? day(d) : seconds(d.toISOString()));
  return Object.values(nodeIcal.sync.parseICS(text)).filter((e) => e.type === "VEVENT").map((e) => {
    const whole = e.datetype === "date";
    const hasEnd = text.replaceAll("\r\n ", "").split("BEGIN:VEVENT").find((v) => v.includes(`UID:${e.uid}`)).includes("\nDTEND");
    return {
      uid: e.uid, title: e.summary, description: e.description ?? "", start: time(e.start, whole),
      end: hasEnd ? time(e.end, whole) : "", cancelled: e.status === "CANCELLED",
    };
  });
}

console.log(JSON.stringify({ reader: "ical.js", events: withICALjs() }));
console.log(JSON.stringify({ reader: "node-ical", events: withNodeIcal() }));
