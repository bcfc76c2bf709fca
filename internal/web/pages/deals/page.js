// The board of deals: a card moves to another stage by mouse, or by keys: Space picks it up, the arrow keys
// move it, Space drops it. Where the stage asks for a reason or more, the page of the deal opens.
import { holdRefresh, refresh, releaseRefresh } from "../../js/refresh.js";
import { say, toast } from "../../js/toast.js";

const main = document.querySelector("[data-refresh=deals]");
let dragged = null; // the card under the pointer
let grabbed = null; // what is picked up by keys: the card and where it came from

const columns = () => [...main.querySelectorAll(".deals-col")];
const columnOf = (el) => el.closest?.(".deals-col");
const ended = (stage) => stage === "Launched" || stage === "Closed Lost";

if (main?.querySelector(".deals")) {
  main.addEventListener("dragstart", lift);
  main.addEventListener("dragover", over);
  main.addEventListener("dragend", () => { clear(); releaseRefresh("deal"); });
  main.addEventListener("drop", drop);
  main.addEventListener("keydown", keys);
  main.addEventListener("focusout", (e) => { if (grabbed && !grabbed.busy && !grabbed.card.contains(e.relatedTarget)) back(); });
}

function lift(e) {
  dragged = e.target.closest(".deal-card");
  if (!dragged) return;
  e.dataTransfer.effectAllowed = "move";
  e.dataTransfer.setData("text/plain", dragged.dataset.id);
  dragged.classList.add("from");
  holdRefresh("deal");
}

function over(e) {
  const col = columnOf(e.target);
  if (!dragged || !col) return;
  e.preventDefault();
  for (const c of columns()) c.classList.toggle("over", c === col && c !== columnOf(dragged));
}

function drop(e) {
  const col = columnOf(e.target), card = dragged;
  if (!card || !col) return;
  e.preventDefault();
  clear();
  releaseRefresh("deal");
  if (col !== columnOf(card)) move(card, columnOf(card).dataset.stage, col.dataset.stage);
}

function clear() {
  dragged?.classList.remove("from");
  dragged = null;
  for (const c of columns()) c.classList.remove("over");
}

function keys(e) {
  const card = e.target.closest(".deal-card");
  if (!card || e.target.localName !== "a" || e.altKey || e.ctrlKey || e.metaKey) return;
  const dx = { ArrowLeft: -1, ArrowRight: 1 }[e.key];
  if (e.key === " ") { e.preventDefault(); if (grabbed) down(); else up(card); }
  else if (grabbed && dx) { e.preventDefault(); step(dx); }
  else if (grabbed && e.key === "Escape") { e.preventDefault(); back(); }
}

function up(card) {
  grabbed = { card, list: card.parentNode, next: card.nextElementSibling, from: columnOf(card).dataset.stage, busy: false };
  card.classList.add("grabbed");
  holdRefresh("deal");
  say(`Picked up ${card.querySelector("a").textContent}, ${grabbed.from}. Arrow keys move, Space drops, Escape cancels.`);
}

function step(dx) {
  const cols = columns(), to = cols[cols.indexOf(columnOf(grabbed.card)) + dx];
  if (!to) return;
  grabbed.busy = true;
  to.querySelector("ol").prepend(grabbed.card);
  grabbed.card.querySelector("a").focus({ preventScroll: true });
  grabbed.card.scrollIntoView({ block: "nearest", inline: "nearest" });
  grabbed.busy = false;
  say(to.dataset.stage);
}

function end() {
  const was = grabbed, to = columnOf(was.card).dataset.stage;
  grabbed = null;
  was.card.classList.remove("grabbed");
  releaseRefresh("deal");
  return { was, to };
}

function down() {
  const { was, to } = end();
  if (to === was.from) { say("Dropped in the same place."); return; }
  was.list.insertBefore(was.card, was.next);
  was.card.querySelector("a").focus({ preventScroll: true });
  move(was.card, was.from, to);
}

function back() {
  const { was } = end();
  was.list.insertBefore(was.card, was.next);
  was.card.querySelector("a").focus({ preventScroll: true });
  say("Cancelled.");
}

async function move(card, from, to) {
  const open = () => { location.href = `/deals/${card.dataset.id}?stage=${encodeURIComponent(to)}#stage`; };
  if (to === "Closed Lost" || ended(from)) { open(); return; }
  const body = new URLSearchParams({ id: card.dataset.id, stage: to, etag: card.dataset.etag });
  try {
    const r = await fetch("/deals/move", { method: "POST", body, headers: { Accept: "application/json" } });
    const said = await r.json();
    if (r.ok) { say(said.message); toast(said.message); }
    else if (r.status === 422 && to === "Launched") { open(); return; }
    else toast(said.error?.message ?? "The deal could not be moved.", { bad: true });
  } catch {
    toast("The server could not be reached. Try again.", { bad: true });
  }
  await refresh(main);
  document.getElementById(card.dataset.id)?.querySelector("a")?.focus({ preventScroll: true });
}
