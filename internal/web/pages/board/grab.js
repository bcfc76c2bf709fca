// Moving cards by keys: arrows move the focus; Space picks a card up, or all that are
// selected, arrows move it, Space drops it, Escape cancels.
import { holdRefresh, releaseRefresh } from "../../js/refresh.js";
import { afterKeyG } from "../../js/shortcuts.js";
import { say } from "../../js/toast.js";

export function grab(api) {
  let g = null; // what is picked up, and where it came from

  api.board.addEventListener("keydown", (e) => {
    const card = e.target.closest(".card");
    if (!card || !e.target.classList.contains("card-title")) return;
    if (handled(e, card)) e.preventDefault();
  });
  api.board.addEventListener("focusout", (e) => {
    if (g && !g.busy && e.relatedTarget && !g.card.contains(e.relatedTarget)) back();
  });
  document.addEventListener("keydown", (e) => {
    const typing = e.target.closest?.("input:not([type=checkbox]), textarea, select");
    if ((e.ctrlKey || e.metaKey) && e.key.toLowerCase() === "z" && !typing && !g) { e.preventDefault(); api.undo(); }
  });

  function handled(e, card) {
    const arrow = { ArrowUp: [0, -1], ArrowDown: [0, 1], ArrowLeft: [-1, 0], ArrowRight: [1, 0] }[e.key];
    const ctrl = e.ctrlKey || e.metaKey;
    if (e.altKey) return false; // the browser's Back and Forward
    if (arrow && g) { step(arrow, ctrl); return true; }
    if (arrow && !ctrl) { walk(card, arrow); return true; }
    if (e.key === " ") { if (g) down(); else up(card); return true; }
    if (g && e.key === "Enter") { down(); return true; }
    if (g && e.key === "Escape") { back(); return true; }
    if (!g && ctrl && e.key.toLowerCase() === "a") { api.selection.all(card.closest(".col")); return true; }
    if (g || ctrl || afterKeyG()) return false;
    if (e.key === "m" || e.key === ".") { api.menu(card); return true; }
    if (e.key === "x" || e.key === "X") { api.selection.pick(card, e.shiftKey); return true; }
    if (e.key === "e") { location.href = `${e.target.getAttribute("href")}?view=edit`; return true; }
    return false;
  }

  async function walk(card, [dx, dy]) {
    const cols = api.columns(), col = card.closest(".col"), list = api.cardsOf(col), i = list.indexOf(card);
    let to = list[i + dy];
    if (dx) {
      to = null;
      for (let c = cols.indexOf(col) + dx; cols[c] && !to; c += dx) {
        const other = api.cardsOf(cols[c]);
        to = other[Math.min(i, other.length - 1)];
      }
    }
    if (!to && dy === 1) {
      to = await api.loadMore(api, col);
      if (!card.contains(document.activeElement)) return; // the person went on meanwhile
    }
    to?.querySelector(".card-title").focus();
    to?.scrollIntoView({ block: "nearest", inline: "nearest" });
  }

  function up(card) {
    const cards = api.selection.of(card);
    const from = cards.map((c) => ({ c, list: c.parentNode, next: c.nextElementSibling, status: c.dataset.status }));
    g = { card, cards, from, moved: false, busy: false };
    for (const c of cards) {
      c.classList.add("grabbed");
      c.querySelector(".card-title").setAttribute("aria-description", "Picked up");
    }
    holdRefresh("grab");
    const what = cards.length === 1 ? api.titleOf(card) : `${cards.length} cards`;
    say(`Picked up ${what}. ${position()}. Arrow keys move, Space drops, Escape cancels.`);
  }

  // rest returns the cards of a column that stay, and how many of them stand above the
  // picked up card.
  function rest(col) { return api.cardsOf(col).filter((c) => !g.cards.includes(c)); }
  function rank(col) {
    return rest(col).filter((c) => c.compareDocumentPosition(g.card) & Node.DOCUMENT_POSITION_FOLLOWING).length;
  }

  function position() {
    const col = g.card.closest(".col"), here = g.from.filter((f) => f.status === col.dataset.status).length;
    const all = api.total(col) - here + g.cards.length;
    return `${api.labelOf(col.dataset.status)}, position ${rank(col) + 1} of ${all.toLocaleString("en")}`;
  }

  function step([dx, dy], far) {
    const cols = api.columns(), col = g.card.closest(".col"), i = rank(col);
    if (dx) {
      const c = far ? (dx < 0 ? 0 : cols.length - 1) : Math.max(0, Math.min(cols.length - 1, cols.indexOf(col) + dx));
      if (cols[c] !== col) put(cols[c], rest(cols[c])[i] ?? null);
    } else {
      const list = rest(col), j = far ? (dy < 0 ? 0 : list.length) : Math.max(0, Math.min(list.length, i + dy));
      if (j !== i || g.cards.length > 1) put(col, list[j] ?? null);
    }
    say(position());
  }

  function put(col, before) {
    const list = col.querySelector(".cards"), anchor = before ?? list.querySelector(".hint");
    g.busy = g.moved = true;
    for (const c of g.cards) {
      if (list.moveBefore) list.moveBefore(c, anchor);
      else list.insertBefore(c, anchor);
    }
    g.card.querySelector(".card-title").focus({ preventScroll: true });
    g.card.scrollIntoView({ block: "nearest", inline: "nearest" });
    g.busy = false;
  }

  // end puts every card back where it was picked up; a move then starts from there.
  function end() {
    const was = g;
    g = null;
    for (const c of was.cards) {
      c.classList.remove("grabbed");
      c.querySelector(".card-title").removeAttribute("aria-description");
    }
    for (const { c, list, next } of was.from.toReversed()) {
      const anchor = next?.parentNode === list ? next : list.querySelector(".hint");
      if (list.moveBefore) list.moveBefore(c, anchor);
      else list.insertBefore(c, anchor);
    }
    return was;
  }

  function down() {
    const status = g.card.closest(".col").dataset.status, last = g.cards.at(-1).nextElementSibling;
    const before = last?.dataset.id ? last : null, was = end();
    const same = was.from.every((f) => f.status === status) && (was.from.at(-1).next === before || !before && !was.from.at(-1).next?.dataset.id);
    if (!was.moved || same && was.cards.length === 1) say("Dropped in the same place.");
    else api.move(was.cards, status, before).then((done) => { if (done && was.cards.length > 1) api.selection.clear(); });
    was.card.querySelector(".card-title").focus({ preventScroll: true });
    releaseRefresh("grab");
  }

  function back() {
    const was = end();
    was.card.querySelector(".card-title").focus({ preventScroll: true });
    releaseRefresh("grab");
    say("Move cancelled.");
  }
}
