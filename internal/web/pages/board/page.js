// The board: moving cards by mouse, touch, keys and menu. A move shows at once; then
// the server is asked, and if it refuses, the card goes back and the reason is shown.
import { holdRefresh, releaseRefresh, refresh } from "../../js/refresh.js";
import { say, toast } from "../../js/toast.js";
import { grab } from "./grab.js";
import { drag } from "./drag.js";

const board = document.getElementById("board");
const mine = new Set(); // cards that this tab has moved: they do not flash
let history = []; // moves that can be undone, newest last

if (board) start();

function start() {
  const api = { board, move, columns, cardsOf, titleOf, select, undo, menu: openMenu };
  drag(api);
  grab(api);
  selecting();
  menus();
  filtering();
  board.addEventListener("dragstart", (e) => e.preventDefault()); // links are draggable by nature
  let mover = null;
  document.addEventListener("live-board", (e) => { mover = e.detail; });
  document.querySelector("[data-refresh]").addEventListener("refreshed", () => {
    restoreSelection();
    filter();
    badge();
    const card = mover && document.getElementById(`card-${mover.content}`);
    if (card && !mine.has(String(mover.content))) flash(card, mover.by);
    mover = null;
  });
}

function columns() { return [...board.querySelectorAll(".col")]; }
function cardsOf(col) { return [...col.querySelectorAll(".card:not(.ghost)")].filter((c) => !c.hidden); }
function titleOf(card) { return card.querySelector(".card-title").textContent; }
function labelOf(status) { return board.querySelector(`[data-status="${status}"] .cards`).dataset.label; }

function flash(card, by) {
  card.classList.remove("landed");
  void card.offsetWidth;
  card.classList.add("landed");
  if (by) card.title = `Moved by ${by}`;
}

// place moves cards to a column before another card (null: to its end), keeps the
// focus, and returns a function that moves them back.
function place(cards, status, before) {
  const focus = document.activeElement;
  const was = cards.map((c) => ({ c, list: c.parentNode, next: c.nextElementSibling, status: c.dataset.status }));
  const list = board.querySelector(`[data-status="${status}"] .cards`);
  for (const c of cards) put(list, c, before?.isConnected ? before : null, status);
  recount();
  focus?.focus?.({ preventScroll: true });
  return () => {
    for (const w of was.reverse()) put(w.list, w.c, w.next?.parentNode === w.list ? w.next : null, w.status);
    recount();
  };
}

function put(list, card, before, status) {
  const anchor = before ?? list.querySelector(".hint");
  if (list.moveBefore && card.isConnected) list.moveBefore(card, anchor);
  else list.insertBefore(card, anchor);
  card.classList.remove(`status-${card.dataset.status}`);
  card.dataset.status = status;
  card.classList.add(`status-${status}`);
}

// recount adjusts the counts by what this tab has moved since the last refresh.
function recount() {
  for (const col of columns()) {
    const n = col.querySelector("h2 .n"), shown = col.querySelectorAll(".card").length;
    n.dataset.shown ??= shown;
    const more = Number(n.dataset.n) - Number(n.dataset.shown);
    n.textContent = (shown + more).toLocaleString("en");
  }
  badge();
}

// badge updates the menu's count of items in review. A filtered board does not know
// it.
function badge() {
  const count = document.querySelector('[data-count="in review"]');
  if (count && !location.search) count.firstChild.textContent = board.querySelector("#col-review h2 .n").textContent;
}

// move shows the move, asks the server, and reports or reverts it.
async function move(cards, status, before, { undoing = false } = {}) {
  const from = cards.map((c) => ({ id: c.dataset.id, status: c.dataset.status, next: next(c, cards) }));
  for (const col of columns()) col.querySelector("h2 .n").dataset.shown ??= col.querySelectorAll(".card").length;
  const rollback = place(cards, status, before);
  const list = cards.map((c) => c.dataset.id);
  holdRefresh("move");
  try {
    const form = new URLSearchParams({ to: status });
    for (const id of list) form.append("ids", id);
    if (cards.length === 1) {
      form.set("etag", cards[0].dataset.etag);
      form.set("before", nextId(cards[0]) ?? "-1");
    }
    const answer = await post(form);
    for (const i of answer.items) {
      mine.add(String(i.id));
      setTimeout(() => mine.delete(String(i.id)), 3000);
      const c = document.getElementById(`card-${i.id}`);
      if (c) { c.dataset.etag = i.etag; flash(c); }
    }
    report(cards, status, from, undoing);
  } catch (err) {
    rollback();
    toast(`${err.message} ${cards.length === 1 ? "The card was" : "The cards were"} moved back.`,
      { bad: true, ms: 15000, link: err.link ? { href: err.link, label: "View finding" } : null });
  } finally {
    for (const n of board.querySelectorAll("h2 .n")) { n.dataset.n = n.textContent.replace(/\D/g, ""); delete n.dataset.shown; }
    releaseRefresh("move");
  }
}

function next(card, moving) {
  let n = card.nextElementSibling;
  while (n && (!n.dataset.id || moving.includes(n))) n = n.nextElementSibling;
  return n?.dataset.id ?? null;
}

function nextId(card) { return next(card, [card]); }

async function post(form) {
  let r;
  try {
    r = await fetch("/board/move", { method: "POST", headers: { Accept: "application/json" }, body: form });
  } catch {
    throw new Error("Can’t reach the server.");
  }
  const answer = await r.json().catch(() => ({ message: "The server sent an unreadable response." }));
  if (!r.ok) throw Object.assign(new Error(message(answer)), { link: answer.link });
  return answer;
}

function message(p) {
  const first = p.blockers?.[0]?.message;
  const text = first && !p.message.includes(first) ? `${p.message} ${first}` : p.message;
  return /[.!?]$/.test(text) ? text : `${text}.`;
}

function report(cards, status, from, undoing) {
  const what = cards.length === 1 ? `“${titleOf(cards[0])}”` : `${cards.length} cards`;
  const same = from.every((f) => f.status === status);
  if (undoing) { toast(`${what} moved back to ${labelOf(status)}.`); return; }
  history.push(from);
  if (same) { say(`${what} moved within ${labelOf(status)}.`); return; }
  toast(`${what} moved to ${labelOf(status)}.`, { action: { label: "Undo", run: undo } });
}

// undo reverts the last move of this tab.
async function undo() {
  const last = history.pop();
  if (!last) { say("Nothing to undo."); return; }
  for (const [status, group] of Object.entries(Object.groupBy(last, (f) => f.status))) {
    const cards = group.map((f) => document.getElementById(`card-${f.id}`)).filter(Boolean);
    if (cards.length) await move(cards, status, document.getElementById(`card-${group.at(-1).next}`), { undoing: true });
  }
}

// Selection. The checkboxes hold it; CSS shows the bar.
function boxes() { return [...board.querySelectorAll(".pick input")]; }
function selected() { return boxes().filter((b) => b.checked).map((b) => b.closest(".card")); }

let lastBox = null, keep = [];

function select(card, range) {
  const box = card.querySelector(".pick input");
  if (range && lastBox?.isConnected) {
    const all = boxes(), [a, b] = [all.indexOf(lastBox), all.indexOf(box)].sort((x, y) => x - y);
    for (const x of all.slice(a, b + 1)) x.checked = true;
  } else {
    box.checked = !box.checked;
  }
  lastBox = box;
  counted();
  say(`${selected().length} selected.`);
}

function counted() {
  keep = selected().map((c) => c.dataset.id);
  document.getElementById("bulk-count").textContent = `${keep.length} selected`;
}

function restoreSelection() {
  for (const b of boxes()) b.checked = keep.includes(b.value);
  counted();
}

function selecting() {
  const form = document.getElementById("bulk-form");
  board.addEventListener("change", (e) => { if (e.target.matches(".pick input")) { lastBox = e.target; counted(); } });
  form.addEventListener("reset", () => setTimeout(counted));
  form.addEventListener("submit", (e) => {
    e.preventDefault();
    const cards = selected();
    form.reset();
    if (cards.length) move(cards, e.submitter.value, cardsOf(board.querySelector(`[data-status="${e.submitter.value}"]`)).find((c) => !cards.includes(c)) ?? null);
  });
  board.addEventListener("click", (e) => {
    const card = e.target.closest(".card");
    if (card && e.shiftKey && e.target.closest(".card-title")) { e.preventDefault(); select(card, true); }
  });
}

// The move menu: one for the whole board.
let menuCard = null;

function openMenu(card) {
  const menu = document.getElementById("move-menu"), at = card.querySelector(".card-move").getBoundingClientRect();
  menuCard = card;
  holdRefresh("menu");
  for (const b of menu.querySelectorAll("button")) b.disabled = b.dataset.to === card.dataset.status;
  menu.showPopover();
  const box = menu.getBoundingClientRect();
  menu.style.left = `${Math.max(8, Math.min(innerWidth - box.width - 8, at.right - box.width))}px`;
  menu.style.top = `${Math.min(innerHeight - box.height - 8, at.bottom + 4)}px`;
  menu.querySelector("button:not([disabled])").focus();
}

function menus() {
  const menu = document.getElementById("move-menu");
  board.addEventListener("click", (e) => {
    const b = e.target.closest(".card-move");
    if (b) { e.preventDefault(); openMenu(b.closest(".card")); }
  });
  menu.addEventListener("click", (e) => {
    const b = e.target.closest("button");
    if (!b) return;
    const card = menuCard, col = board.querySelector(`[data-status="${b.dataset.to}"]`);
    menu.hidePopover();
    move([card], b.dataset.to, cardsOf(col)[0] ?? null);
    card.querySelector(".card-title").focus();
  });
  menu.addEventListener("keydown", (e) => {
    const list = [...menu.querySelectorAll("button:not([disabled])")], i = list.indexOf(document.activeElement);
    if (e.key === "ArrowDown") list[(i + 1) % list.length].focus();
    else if (e.key === "ArrowUp") list[(i - 1 + list.length) % list.length].focus();
    else if (e.key === "Tab") menu.hidePopover();
    else return;
    e.preventDefault();
  });
  menu.addEventListener("toggle", (e) => {
    if (e.newState !== "closed") return;
    releaseRefresh("menu");
    if (document.activeElement === document.body) menuCard?.querySelector(".card-title").focus();
  });
}

// The text of the filter hides cards at once and is part of the address.
function filtering() {
  const field = document.querySelector(".filters input[type=search]");
  field.form.addEventListener("submit", (e) => { if (document.activeElement === field) e.preventDefault(); });
  field.addEventListener("input", () => {
    const url = new URL(location.href);
    if (field.value) url.searchParams.set("q", field.value);
    else url.searchParams.delete("q");
    window.history.replaceState(null, "", url);
    filter();
    clearTimeout(field.wait);
    field.wait = setTimeout(() => refresh(document.querySelector("[data-refresh]")), 300);
  });
}

function filter() {
  const q = document.querySelector(".filters input[type=search]").value.trim().toLowerCase();
  for (const c of board.querySelectorAll(".card")) c.hidden = q !== "" && !c.textContent.toLowerCase().includes(q);
}
