// Dragging by pointer: anywhere on a card with a mouse or pen, by its grip with a
// finger, so that a finger can still scroll.
import { holdRefresh, releaseRefresh } from "../../js/refresh.js";

const start = 5; // pixels before a press becomes a drag

export function drag(api) {
  let d = null;
  const line = document.createElement("li");
  line.className = "drop-line";
  line.setAttribute("aria-hidden", "true");

  api.board.addEventListener("pointerdown", (e) => {
    const card = e.target.closest(".card");
    if (!card || e.button !== 0 || e.shiftKey || e.ctrlKey || e.metaKey) return;
    if (e.target.closest(".pick, .card-move")) return;
    if (e.pointerType === "touch" && !e.target.closest(".grip")) return;
    d = { card, cards: [card], id: e.pointerId, x: e.clientX, y: e.clientY, ghost: null };
  });
  addEventListener("pointermove", (e) => {
    if (!d || e.pointerId !== d.id) return;
    if (!d.ghost && Math.hypot(e.clientX - d.x, e.clientY - d.y) < start) return;
    if (!d.ghost) lift(e);
    follow(e);
  });
  addEventListener("pointerup", (e) => { if (d && e.pointerId === d.id) drop(true); });
  addEventListener("pointercancel", (e) => { if (d && e.pointerId === d.id) drop(false); });
  addEventListener("keydown", (e) => { if (e.key === "Escape" && d?.ghost) { e.preventDefault(); drop(false); } }, true);

  function lift(e) {
    const box = d.card.getBoundingClientRect();
    d.dx = d.x - box.left;
    d.dy = d.y - box.top;
    d.ghost = d.card.cloneNode(true);
    d.ghost.removeAttribute("id");
    d.ghost.inert = true;
    d.ghost.classList.add("ghost");
    for (const el of d.ghost.querySelectorAll("[id], [name]")) { el.removeAttribute("id"); el.removeAttribute("name"); }
    d.ghost.style.width = `${box.width}px`;
    d.cards = api.selection.of(d.card);
    if (d.cards.length > 1) d.ghost.dataset.count = d.cards.length;
    document.body.append(d.ghost);
    for (const c of d.cards) c.classList.add("from");
    document.documentElement.classList.add("dragging");
    holdRefresh("drag");
    d.timer = setInterval(() => scroll(), 16);
    api.board.setPointerCapture?.(e.pointerId);
  }

  function follow(e) {
    d.at = { x: e.clientX, y: e.clientY };
    d.ghost.style.left = `${e.clientX - d.dx}px`;
    d.ghost.style.top = `${e.clientY - d.dy}px`;
    aim();
  }

  // aim finds the nearest column within 60 pixels and the place within it.
  function aim() {
    const near = api.columns().map((col) => {
      const b = col.getBoundingClientRect();
      return { col, far: Math.max(b.left - d.at.x, 0, d.at.x - b.right) };
    }).sort((a, b) => a.far - b.far)[0];
    if (!near || near.far > 60) { d.col = null; line.remove(); return; }
    d.col = near.col;
    d.before = api.cardsOf(d.col).filter((c) => !d.cards.includes(c)).find((c) => {
      const b = c.getBoundingClientRect();
      return d.at.y < b.top + b.height / 2;
    }) ?? null;
    const list = d.col.querySelector(".cards");
    list.insertBefore(line, d.before ?? list.querySelector(".hint"));
  }

  // scroll moves the board and the column while the pointer is near an edge of theirs,
  // the faster the nearer.
  function scroll() {
    const edge = 56, b = api.board.getBoundingClientRect();
    const pull = (at, low, high) => at < low + edge ? -step(low + edge - at) : at > high - edge ? step(at - high + edge) : 0;
    const step = (near) => Math.ceil(Math.min(near, edge) / 4);
    const was = api.board.scrollLeft;
    api.board.scrollLeft += pull(d.at.x, b.left, Math.min(b.right, innerWidth));
    const list = d.col?.querySelector(".cards");
    let moved = api.board.scrollLeft !== was;
    if (list) {
      const l = list.getBoundingClientRect(), top = list.scrollTop;
      list.scrollTop += pull(d.at.y, l.top, Math.min(l.bottom, innerHeight));
      moved ||= list.scrollTop !== top;
    }
    if (moved) aim();
  }

  function drop(wanted) {
    const was = d;
    d = null;
    if (!was.ghost) return;
    clearInterval(was.timer);
    was.ghost.remove();
    line.remove();
    for (const c of was.cards) c.classList.remove("from");
    document.documentElement.classList.remove("dragging");
    noClick();
    const next = was.card.nextElementSibling?.dataset.id ? was.card.nextElementSibling : null;
    const same = was.cards.length === 1 && was.col?.dataset.status === was.card.dataset.status && was.before === next;
    if (wanted && was.col && !same) {
      api.move(was.cards, was.col.dataset.status, was.before).then((done) => { if (done && was.cards.length > 1) api.selection.clear(); });
    }
    releaseRefresh("drag");
  }
}

// noClick swallows the click that follows a drop, which would open the item.
function noClick() {
  const stop = (e) => { e.preventDefault(); e.stopPropagation(); };
  addEventListener("click", stop, { capture: true, once: true });
  setTimeout(() => removeEventListener("click", stop, { capture: true }), 50);
}
