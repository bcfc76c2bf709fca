// Moving cards by keys: arrows move the focus; Space picks a card up, arrows move it,
// Space drops it, Escape cancels.
import { holdRefresh, releaseRefresh } from "../../js/refresh.js";
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
    if (e.altKey) return false; // the browser's Back and Forward
    if (arrow && g) { step(arrow, e.ctrlKey || e.metaKey); return true; }
    if (arrow && !e.ctrlKey && !e.metaKey) { walk(card, arrow); return true; }
    if (e.key === " ") { if (g) down(); else up(card); return true; }
    if (g && e.key === "Enter") { down(); return true; }
    if (g && e.key === "Escape") { back(); return true; }
    if (g || e.ctrlKey || e.metaKey) return false;
    if (e.key === "m" || e.key === ".") { api.menu(card); return true; }
    if (e.key === "x" || e.key === "X") { api.select(card, e.shiftKey); return true; }
    if (e.key === "e") { location.href = `${e.target.getAttribute("href")}?view=edit`; return true; }
    return false;
  }

  function walk(card, [dx, dy]) {
    const cols = api.columns(), col = card.closest(".col"), list = api.cardsOf(col), i = list.indexOf(card);
    let to = list[i + dy];
    if (dx) {
      to = null;
      for (let c = cols.indexOf(col) + dx; cols[c] && !to; c += dx) {
        const other = api.cardsOf(cols[c]);
        to = other[Math.min(i, other.length - 1)];
      }
    }
    const link = to?.querySelector(".card-title");
    link?.focus();
    to?.scrollIntoView({ block: "nearest", inline: "nearest" });
  }

  function up(card) {
    g = { card, list: card.parentNode, next: card.nextElementSibling, status: card.closest(".col").dataset.status, busy: false };
    card.classList.add("grabbed");
    holdRefresh("grab");
    say(`Picked up ${api.titleOf(card)}. ${place()}. Arrow keys move it, Space drops it, Escape cancels.`);
  }

  function place() {
    const col = g.card.closest(".col"), list = api.cardsOf(col);
    return `${col.querySelector(".cards").dataset.label}, position ${list.indexOf(g.card) + 1} of ${list.length}`;
  }

  function step([dx, dy], far) {
    const cols = api.columns(), col = g.card.closest(".col"), list = api.cardsOf(col), i = list.indexOf(g.card);
    if (dx) {
      const c = far ? (dx < 0 ? 0 : cols.length - 1) : Math.max(0, Math.min(cols.length - 1, cols.indexOf(col) + dx));
      if (cols[c] !== col) put(cols[c], api.cardsOf(cols[c])[i] ?? null);
    } else {
      const j = far ? (dy < 0 ? 0 : list.length - 1) : Math.max(0, Math.min(list.length - 1, i + dy));
      if (j !== i) put(col, j > i ? list[j + 1] ?? null : list[j]);
    }
    say(place());
  }

  function put(col, before) {
    const list = col.querySelector(".cards"), anchor = before ?? list.querySelector(".hint");
    g.busy = true;
    if (list.moveBefore) list.moveBefore(g.card, anchor);
    else list.insertBefore(g.card, anchor);
    g.card.querySelector(".card-title").focus({ preventScroll: true });
    g.card.scrollIntoView({ block: "nearest", inline: "nearest" });
    g.busy = false;
  }

  function end() {
    const was = g;
    g = null;
    was.card.classList.remove("grabbed");
    return was;
  }

  function restore(was) {
    const next = was.next?.parentNode === was.list ? was.next : null;
    if (was.list.moveBefore) was.list.moveBefore(was.card, next);
    else was.list.insertBefore(was.card, next);
  }

  function down() {
    const col = g.card.closest(".col"), was = end();
    const before = was.card.nextElementSibling?.dataset.id ? was.card.nextElementSibling : null;
    const moved = col.dataset.status !== was.status || was.card.nextElementSibling !== was.next;
    restore(was);
    if (moved) api.move([was.card], col.dataset.status, before);
    else say("Dropped in the same place.");
    was.card.querySelector(".card-title").focus({ preventScroll: true });
    releaseRefresh("grab");
  }

  function back() {
    const was = end();
    restore(was);
    was.card.querySelector(".card-title").focus({ preventScroll: true });
    releaseRefresh("grab");
    say("Move cancelled.");
  }
}
