// Selecting cards. The checkboxes hold the selection; CSS shows the bar.
import { say } from "../../js/toast.js";

const press = 450; // milliseconds that a finger rests on a card to select it

export function selection(api) {
  const form = document.getElementById("bulk-form"), most = Number(form.dataset.most);
  let last = null; // the id of the card that was selected last
  let keep = new Set();
  const boxes = () => [...api.board.querySelectorAll(".pick input")];
  const cards = () => boxes().filter((b) => b.checked).map((b) => b.closest(".card"));

  function counted() {
    const n = cards().length;
    keep = new Set(cards().map((c) => c.dataset.id));
    document.getElementById("bulk-count").textContent = `${n} selected`;
    document.getElementById("bulk-limit").hidden = n <= most;
    for (const b of form.querySelectorAll(".bulk-to button")) b.disabled = n > most;
    api.stops?.set();
  }

  // pick selects a card or clears it; with range, all between it and the last one.
  function pick(card, range) {
    const box = card.querySelector(".pick input"), all = boxes(), from = all.findIndex((b) => b.value === last);
    if (range && from >= 0) {
      const to = all.indexOf(box);
      for (const b of all.slice(Math.min(from, to), Math.max(from, to) + 1)) b.checked = true;
    } else {
      box.checked = !box.checked;
    }
    last = box.value;
    counted();
    tellCount();
  }

  function tellCount() {
    const n = keep.size;
    say(n > most ? `${n} selected. Up to ${most} cards move at once.` : `${n} selected.`);
  }

  // all selects a column's cards, as many as may move at once.
  function all(col) {
    const list = api.cardsOf(col);
    clear();
    for (const c of list.slice(0, most)) c.querySelector(".pick input").checked = true;
    counted();
    say(list.length > most ? `The first ${most} cards are selected. Up to ${most} move at once.` : `${list.length} selected.`);
  }

  function clear() {
    for (const b of boxes()) b.checked = false;
    counted();
  }

  // of returns the cards that an action on one card is about.
  function of(card) {
    const list = cards();
    return list.includes(card) ? list : [card];
  }

  function restore() {
    for (const b of boxes()) b.checked = keep.has(b.value);
    counted();
  }

  form.addEventListener("reset", (e) => { e.preventDefault(); clear(); say("Selection cleared."); focusCard(); });
  form.addEventListener("submit", async (e) => {
    e.preventDefault();
    const list = cards(), to = e.submitter?.value;
    if (!list.length || !to) return;
    const col = api.columns().find((c) => c.dataset.status === to);
    const before = col ? api.cardsOf(col).find((c) => !list.includes(c)) ?? null : null;
    if (await api.move(list, to, before)) { clear(); focusCard(list[0]); }
  });

  function focusCard(card) {
    if (document.activeElement !== document.body && !document.activeElement.closest(".bulk")) return;
    (card?.isConnected ? card : api.board.querySelector(".card"))?.querySelector(".card-title").focus({ preventScroll: true });
  }

  api.board.addEventListener("click", (e) => {
    const every = e.target.closest(".col-all");
    if (every) { all(every.closest(".col")); return; }
    const card = e.target.closest(".card");
    if (!card) return;
    if (e.target.matches(".pick input")) {
      const box = e.target;
      if (e.shiftKey && last !== null) { box.checked = !box.checked; pick(card, true); return; }
      last = box.value;
      counted();
      tellCount();
    } else if (e.target.closest(".card-title") && (e.shiftKey || byFinger && keep.size)) {
      e.preventDefault();
      pick(card, e.shiftKey);
    }
  });
  document.addEventListener("keydown", (e) => {
    if (e.key !== "Escape" || e.defaultPrevented || !keep.size || document.querySelector("dialog[open], :popover-open")) return;
    if (e.target.matches?.("input:not([type=checkbox]), textarea, select")) return;
    e.preventDefault();
    clear();
    say("Selection cleared.");
    focusCard();
  });

  let byFinger = false, timer = 0;
  api.board.addEventListener("pointerdown", (e) => {
    byFinger = e.pointerType === "touch";
    clearTimeout(timer);
    const card = e.target.closest(".card"), x = e.clientX, y = e.clientY;
    if (!byFinger || !card || e.target.closest(".grip, .card-move, .pick")) return;
    const stop = () => { clearTimeout(timer); removeEventListener("pointermove", moved); };
    const moved = (m) => { if (Math.hypot(m.clientX - x, m.clientY - y) > 10) stop(); };
    addEventListener("pointermove", moved);
    addEventListener("pointerup", stop, { once: true });
    addEventListener("pointercancel", stop, { once: true });
    timer = setTimeout(() => {
      stop();
      navigator.vibrate?.(15);
      pick(card, false);
      swallowClick(card);
    }, press);
  });
  api.board.addEventListener("contextmenu", (e) => { if (byFinger && e.target.closest(".card")) e.preventDefault(); });
  return { pick, all, clear, of, restore, cards };
}

// swallowClick drops the click that a long press ends in.
function swallowClick(card) {
  const stop = (e) => { if (card.contains(e.target)) { e.preventDefault(); e.stopPropagation(); } };
  addEventListener("click", stop, { capture: true });
  addEventListener("pointerup", () => setTimeout(() => removeEventListener("click", stop, { capture: true }), 60), { once: true });
}
