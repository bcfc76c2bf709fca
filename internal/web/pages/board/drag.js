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
    d = { card, id: e.pointerId, x: e.clientX, y: e.clientY, ghost: null };
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
    document.body.append(d.ghost);
    d.card.classList.add("from");
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
    d.before = api.cardsOf(d.col).filter((c) => c !== d.card).find((c) => {
      const b = c.getBoundingClientRect();
      return d.at.y < b.top + b.height / 2;
    }) ?? null;
    const list = d.col.querySelector(".cards");
    list.insertBefore(line, d.before ?? list.querySelector(".hint"));
  }

  function scroll() {
    const b = api.board.getBoundingClientRect(), edge = 48;
    if (d.at.x < b.left + edge) api.board.scrollLeft -= 12;
    if (d.at.x > b.right - edge) api.board.scrollLeft += 12;
    const list = d.col?.querySelector(".cards");
    if (!list) return;
    const l = list.getBoundingClientRect();
    if (d.at.y < l.top + edge) list.scrollTop -= 10;
    if (d.at.y > l.bottom - edge) list.scrollTop += 10;
  }

  function drop(wanted) {
    const was = d;
    d = null;
    if (!was.ghost) return;
    clearInterval(was.timer);
    was.ghost.remove();
    line.remove();
    was.card.classList.remove("from");
    document.documentElement.classList.remove("dragging");
    noClick();
    const next = was.card.nextElementSibling?.dataset.id ? was.card.nextElementSibling : null;
    const moved = wanted && was.col && (was.col.dataset.status !== was.card.dataset.status || was.before !== next);
    if (moved) api.move([was.card], was.col.dataset.status, was.before);
    releaseRefresh("drag");
  }
}

// noClick swallows the click that follows a drop, which would open the item.
function noClick() {
  const stop = (e) => { e.preventDefault(); e.stopPropagation(); };
  addEventListener("click", stop, { capture: true, once: true });
  setTimeout(() => removeEventListener("click", stop, { capture: true }), 50);
}
