// The calendar: events move to another day by mouse and by Shift with the arrow keys.
import { say, toast } from "../../js/toast.js";

const table = document.querySelector("[data-calendar]");
let dragged = null;

if (table) {
  for (const ev of table.querySelectorAll(".ev[data-etag]")) ev.draggable = true;
  table.addEventListener("dragstart", (e) => {
    dragged = e.target.closest?.(".ev[data-etag]");
    if (!dragged) return;
    e.dataTransfer.effectAllowed = "move";
    e.dataTransfer.setData("text/plain", dragged.textContent.trim());
    dragged.classList.add("from");
  });
  table.addEventListener("dragend", () => { dragged?.classList.remove("from"); over(null); dragged = null; });
  table.addEventListener("dragover", (e) => {
    const day = e.target.closest?.("td[data-day]");
    if (!dragged || !day) return;
    e.preventDefault();
    over(day);
  });
  table.addEventListener("drop", (e) => {
    const day = e.target.closest?.("td[data-day]");
    if (!dragged || !day) return;
    e.preventDefault();
    move(dragged, day);
  });
  table.addEventListener("keydown", (e) => {
    const days = { ArrowLeft: -1, ArrowRight: 1, ArrowUp: -7, ArrowDown: 7 }[e.key];
    const ev = e.target.closest?.(".ev[data-etag]");
    if (!days || !e.shiftKey || !ev) return;
    e.preventDefault();
    const cells = [...table.querySelectorAll("td[data-day]")];
    const day = cells[cells.indexOf(ev.closest("td")) + days];
    if (day) move(ev, day, true);
    else say("That day is on another page. Open the event to move it there.");
  });
}

function over(day) {
  for (const el of table.querySelectorAll(".over")) el.classList.remove("over");
  day?.classList.add("over");
}

// move shows the event at its new day at once, and puts it back if the server refuses.
async function move(ev, day, focus) {
  over(null);
  const item = ev.closest("li"), from = item.parentElement, after = item.nextSibling;
  if (ev.closest("td") === day) return;
  let list = day.querySelector("ul");
  if (!list) {
    list = document.createElement("ul");
    day.querySelector(".cal-day").after(list);
  }
  list.append(item);
  if (focus) ev.focus();
  try {
    const r = await fetch(`/calendar/${ev.dataset.id}/move`, {
      method: "POST",
      headers: { Accept: "application/json", "Content-Type": "application/x-www-form-urlencoded" },
      body: new URLSearchParams({ day: day.dataset.day, etag: ev.dataset.etag }),
    });
    const answer = await r.json();
    if (!r.ok) throw new Error(answer.message ?? answer.error?.message ?? "The event was not moved.");
    ev.dataset.etag = answer.etag;
    say(answer.message);
  } catch (e) {
    from.insertBefore(item, after);
    if (focus) ev.focus();
    toast(e.message || "The event was not moved. Check your connection and try again.", { bad: true });
  }
}
