// The calendar: a person puts an event on it, moves it by mouse and by keys, cancels it, gives a
// calendar program an address, and plans and starts a campaign. Then the pages are looked at in
// every mode, and an event is created and moved without scripts.
//
//   npm ci && node calendar.mjs
import assert from "node:assert/strict";
import { launch } from "./browser.mjs";
import { stage } from "./stage.mjs";

const { server, tell, noFault, everyMode, play } = await stage({ name: "calendar", refusals: [409, 412, 422] });
await play("The calendar is done.", async (page) => {
  await create(page);
  await move(page);
  await subscribe(page);
  await campaign(page);
  await everyMode(["/calendar?date=2031-03-10", "/calendar?date=2031-03-10&view=week", "/calendar?date=2031-03-01&view=list", "/calendar/new", "/calendar/evt_1", "/calendar/subscribe", "/campaigns", "/campaigns/new", "/campaigns/1"]);
  await withoutScript();
});

async function create(page) {
  tell("read what is wrong with an event, and put it on the calendar");
  await page.goto(server.base + "/calendar?date=2031-03-10");
  await page.getByRole("link", { name: "New event on Monday, 10 March" }).click();
  await page.locator("#f-timezone").fill("Mars/Olympus");
  await page.locator("#save").click();
  await page.locator("#errors").waitFor();
  await noFault(page, "a refused event");
  await page.locator("#f-title").fill("Launch call");
  await page.locator("#f-timezone").fill("Europe/Berlin");
  await page.locator("#f-event_type").selectOption("meeting");
  await page.locator("#save").click();
  await page.locator("td[data-day='2031-03-10'] .ev", { hasText: "Launch call" }).waitFor();
  await noFault(page, "the calendar");
}

async function move(page) {
  const on = (day) => page.locator(`td[data-day='${day}'] .ev`, { hasText: "Launch call" });
  tell("drag it to another day");
  const saved = () => page.waitForResponse((r) => r.url().endsWith("/calendar/evt_1/move") && r.ok());
  await Promise.all([saved(), on("2031-03-10").dragTo(page.locator("td[data-day='2031-03-12']"))]);
  await on("2031-03-12").waitFor();
  tell("move it by keys");
  await on("2031-03-12").focus();
  await Promise.all([saved(), page.keyboard.press("Shift+ArrowRight")]);
  await Promise.all([saved(), page.keyboard.press("Shift+ArrowDown")]);
  await page.reload();
  await on("2031-03-20").waitFor();
  await on("2031-03-20").click();
  assert.equal(await page.locator("#f-date").inputValue(), "2031-03-20");
  tell("cancel it, and put it back on");
  await page.getByRole("button", { name: "Cancel the event" }).click();
  await page.getByRole("button", { name: "Put it back on" }).click();
  await page.getByRole("button", { name: "Cancel the event" }).waitFor();
}

async function subscribe(page) {
  tell("give a calendar program an address");
  await page.goto(server.base + "/calendar/subscribe");
  await page.locator("#feed-name").fill("Team");
  await page.getByRole("button", { name: "Create address" }).click();
  const address = await page.locator("#secret").inputValue();
  const feed = await (await fetch(address)).text();
  assert.match(feed, /^BEGIN:VCALENDAR\r\n/); // the event is years ahead, which a feed does not show
  await noFault(page, "a new address");
}

async function campaign(page) {
  tell("plan a campaign and start it");
  await page.goto(server.base + "/campaigns/new");
  await page.locator("#f-name").fill("Spring launch");
  await page.locator("#c-start").fill("2031-03-28");
  await page.locator("#f-timezone").fill("Europe/Berlin");
  await page.locator("#r-0-title").fill("Teaser");
  await page.locator("[name=r-0-day]").fill("-3");
  await page.locator("[name=r-0-time]").fill("09:00");
  await page.locator("#r-1-title").fill("Launch day");
  await page.locator("#save").click();
  await page.getByRole("button", { name: "Start campaign" }).click();
  await page.getByRole("button", { name: "Pause" }).waitFor();
  await noFault(page, "a campaign");
  await page.goto(server.base + "/calendar?date=2031-03-10");
  await page.locator("td[data-day='2031-03-25'] .ev", { hasText: "Teaser" }).waitFor();
}

async function withoutScript() {
  tell("create and move an event without scripts");
  const ctx = await launch({ javaScriptEnabled: false });
  const page = await ctx.newPage();
  await page.goto(server.newLink());
  await page.goto(server.base + "/calendar/new?day=2031-03-11");
  await page.locator("#f-title").fill("By hand");
  await page.locator("#save").click();
  await page.locator("td[data-day='2031-03-11'] .ev", { hasText: "By hand" }).click();
  await page.locator("[name=day]").fill("2031-03-14");
  await page.getByRole("button", { name: "Move", exact: true }).click();
  assert.equal(await page.locator("#f-date").inputValue(), "2031-03-14");
  await ctx.close();
}
