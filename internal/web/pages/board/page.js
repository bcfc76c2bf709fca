// The board: moving cards by mouse, touch, keys and menu. A move shows at once; then
// the server is asked, and if it refuses, the cards go back and the reason is shown.
import { holdRefresh, releaseRefresh } from "../../js/refresh.js";
import { say, toast } from "../../js/toast.js";
import { changes, loadMore } from "./changes.js";
import { drag } from "./drag.js";
import { filter } from "./filter.js";
import { grab } from "./grab.js";
import { menu } from "./menu.js";
import { selection } from "./select.js";
import { stops } from "./stops.js";

const board = document.getElementById("board");
let history = []; // moves that can be undone, newest last

if (board) start();

function start() {
  const api = { board, move, undo, columns, cardsOf, titleOf, labelOf, total, setTotal, flash, loadMore, mine: new Set(), posts: 0 };
  api.selection = selection(api);
  api.stops = stops(api);
  api.menu = menu(api);
  drag(api);
  grab(api);
  changes(api);
  filter(api);
  board.addEventListener("dragstart", (e) => e.preventDefault()); // links are draggable by nature
  document.querySelector("[data-refresh]").addEventListener("refreshed", () => api.changed());
  api.changed = () => {
    api.selection.restore();
    api.stops.set();
    badge();
  };
  start.api = api;
  api.changed();
}

function columns() { return [...board.querySelectorAll(".col")]; }
function column(status) { return board.querySelector(`.col[data-status="${status}"]`); }
function cardsOf(col) { return [...col.querySelectorAll(".card")]; }
function titleOf(card) { return card.querySelector(".card-title").textContent; }
function labelOf(status) { return document.querySelector(`#move-menu [data-to="${status}"]`).textContent.trim(); }
function total(col) { return Number(col.querySelector("h2 .n").dataset.n); }

function setTotal(status, n) {
  const el = column(status)?.querySelector("h2 .n");
  if (!el) return;
  el.dataset.n = n;
  el.textContent = n.toLocaleString("en");
}

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
  const list = column(status)?.querySelector(".cards");
  for (const c of cards) {
    if (list) put(list, c, before?.isConnected ? before : null, status);
    else c.remove(); // the page shows one column, and this is not it
  }
  count(was.map((w) => w.status), cards.map(() => status));
  focus?.focus?.({ preventScroll: true });
  return () => {
    for (const w of was.toReversed()) put(w.list, w.c, w.next?.parentNode === w.list ? w.next : null, w.status);
    count(cards.map(() => status), was.map((w) => w.status));
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

// count adjusts the counts by cards that leave columns and reach others.
function count(from, to) {
  for (const col of columns()) {
    const s = col.dataset.status, n = to.filter((x) => x === s).length - from.filter((x) => x === s).length;
    if (n) setTotal(s, total(col) + n);
  }
  badge();
}

// badge updates the menu's count of items in review at once. A filtered board does not
// know it.
function badge() {
  const el = document.querySelector('[data-count="in review"]'), col = column("review");
  if (!el || !col || location.search) return;
  el.hidden = total(col) === 0;
  el.firstChild.textContent = total(col).toLocaleString("en");
}

// below returns the id of the first card below one that does not move with it.
function below(card, moving) {
  let n = card.nextElementSibling;
  while (n && (!n.dataset.id || moving.includes(n))) n = n.nextElementSibling;
  return n?.dataset.id ?? null;
}

// above returns the id of the last card above one that does not move with it.
function above(card, moving) {
  let n = card.previousElementSibling;
  while (n && moving.includes(n)) n = n.previousElementSibling;
  return n?.dataset.id ?? null;
}

// spot says where cards stand: before a card, or after one where the rest of the column
// may not be loaded.
function spot(cards, moving = cards) {
  const next = below(cards.at(-1), moving);
  return next ? { before: next } : { after: above(cards[0], moving) ?? "0", before: "-1" };
}

// move shows the move, asks the server, and reports or reverts it. It returns whether
// the cards have moved.
async function move(cards, status, before) {
  const api = start.api, most = Number(document.getElementById("bulk-form").dataset.most);
  if (cards.length > most) { toast(`Up to ${most} cards move at once. Select fewer.`, { bad: true }); return false; }
  const from = cards.map((c) => ({ id: c.dataset.id, status: c.dataset.status, title: titleOf(c), spot: spot([c], cards) }));
  const rollback = place(cards, status, before);
  const form = new URLSearchParams({ to: status, ...(column(status) ? spot(cards) : {}) });
  for (const c of cards) form.append("ids", c.dataset.id);
  if (cards.length === 1) form.set("etag", cards[0].dataset.etag);
  holdRefresh("move");
  try {
    const tags = landed((await post(form)).items);
    report(cards, status, from.map((f) => ({ ...f, etag: tags.get(f.id) })));
    api.changed();
    return true;
  } catch (err) {
    rollback();
    refused(err, `${cards.length === 1 ? "The card was" : "The cards were"} moved back.`);
    return false;
  } finally {
    releaseRefresh("move");
  }
}

// landed notes the new state of cards that this page has moved, and returns their ETags.
function landed(items) {
  const tags = new Map();
  for (const i of items) {
    const id = String(i.id), c = document.getElementById(`card-${id}`), { mine } = start.api;
    tags.set(id, i.etag);
    mine.add(id);
    setTimeout(() => mine.delete(id), 3000);
    if (c) { c.dataset.etag = i.etag; flash(c); }
  }
  return tags;
}

async function post(form) {
  let r;
  start.api.posts++; // what was read of the cards before this is stale
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

function refused(err, what) {
  toast(`${err.message} ${what}`, { bad: true, ms: 15000, link: err.link ? { href: err.link, label: "View finding" } : null });
}

function report(cards, status, from) {
  const what = cards.length === 1 ? `“${titleOf(cards[0])}”` : `${cards.length} cards`;
  history = [...history.slice(-49), from];
  if (from.every((f) => f.status === status)) { say(`${what} moved within ${labelOf(status)}.`); return; }
  toast(`${what} moved to ${labelOf(status)}.`, { action: { label: "Undo", run: undo } });
}

// undo reverts the last move of this tab: to where the cards stood, and only while they
// are as that move has left them.
async function undo() {
  const last = history.pop(), { changed } = start.api;
  if (!last) { say("Nothing to undo."); return; }
  holdRefresh("undo");
  try {
    for (const group of runs(last)) {
      const { status, spot: at } = group.at(-1), form = new URLSearchParams({ to: status, ...at });
      for (const f of group) { form.append("ids", f.id); form.append("etag", f.etag); }
      landed((await post(form)).items);
      const cards = group.map((f) => document.getElementById(`card-${f.id}`)).filter(Boolean);
      place(cards, status, document.getElementById(`card-${at.before}`));
    }
    const to = [...new Set(last.map((f) => labelOf(f.status)))].join(" and ");
    toast(`${last.length === 1 ? `“${last[0].title}”` : `${last.length} cards`} moved back to ${to}.`);
  } catch (err) {
    refused(err, "Nothing was undone.");
  } finally {
    releaseRefresh("undo");
    changed();
  }
}

// runs groups moved cards by where they go back to, in their order.
function runs(list) {
  return [...Map.groupBy(list, (f) => `${f.status} ${f.spot.before} ${f.spot.after ?? ""}`).values()];
}
