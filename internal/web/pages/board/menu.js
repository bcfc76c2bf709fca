// The move menu: one for the whole board.
import { holdRefresh, releaseRefresh } from "../../js/refresh.js";

export function menu(api) {
  const box = document.getElementById("move-menu");
  let card = null;

  function open(on) {
    const at = on.querySelector(".card-move").getBoundingClientRect(), cards = api.selection.of(on);
    card = on;
    holdRefresh("menu");
    for (const b of box.querySelectorAll("button")) b.disabled = cards.every((c) => c.dataset.status === b.dataset.to);
    box.setAttribute("aria-label", cards.length === 1 ? "Move to" : `Move ${cards.length} cards to`);
    box.showPopover();
    const b = box.getBoundingClientRect();
    box.style.left = `${Math.max(8, Math.min(innerWidth - b.width - 8, at.right - b.width))}px`;
    box.style.top = `${Math.max(8, Math.min(innerHeight - b.height - 8, at.bottom + 4))}px`;
    box.querySelector("button:not([disabled])")?.focus();
  }

  // A control that opens a menu is a button to those who hear it; without the script it
  // is a link to the item's own page.
  function buttons() {
    for (const a of api.board.querySelectorAll(".card-move:not([role])")) {
      a.setAttribute("role", "button");
      a.setAttribute("aria-haspopup", "menu");
    }
  }

  async function choose(b) {
    const on = card, to = b.dataset.to, cards = api.selection.of(on);
    const col = api.columns().find((c) => c.dataset.status === to);
    box.hidePopover();
    const before = col ? api.cardsOf(col).find((c) => !cards.includes(c)) ?? null : null;
    const done = api.move(cards, to, before);
    on.querySelector(".card-title").focus({ preventScroll: true });
    if (await done && cards.length > 1) api.selection.clear();
  }

  api.board.addEventListener("pointerover", buttons);
  api.board.addEventListener("focusin", buttons);
  api.board.addEventListener("click", (e) => {
    const b = e.target.closest(".card-move");
    if (b) { e.preventDefault(); open(b.closest(".card")); }
  });
  box.addEventListener("click", (e) => { const b = e.target.closest("button"); if (b) choose(b); });
  box.addEventListener("keydown", (e) => {
    const list = [...box.querySelectorAll("button:not([disabled])")], i = list.indexOf(document.activeElement);
    if (e.key === "ArrowDown") list[(i + 1) % list.length].focus();
    else if (e.key === "ArrowUp") list[(i - 1 + list.length) % list.length].focus();
    else if (e.key === "Tab") box.hidePopover();
    else return;
    e.preventDefault();
  });
  box.addEventListener("toggle", (e) => {
    if (e.newState !== "closed") return;
    releaseRefresh("menu");
    if (document.activeElement === document.body) card?.querySelector(".card-title").focus();
  });
  return open;
}
