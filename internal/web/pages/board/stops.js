// One stop of the Tab key in each column; arrow keys do the rest. While cards are
// selected there is one stop on the whole board, so that the bar is the next.
export function stops(api) {
  const at = new Map(); // the last focused card of each column, by status
  let here = null;

  function set() {
    const selected = api.selection.cards().length > 0;
    for (const col of api.columns()) {
      const cards = api.cardsOf(col), status = col.dataset.status;
      const stop = cards.find((c) => c.id === at.get(status)) ?? cards[0];
      const open = !selected || !here || col === here.closest(".col") || !here.isConnected;
      for (const c of cards) {
        const title = c.querySelector(".card-title"), want = c === stop && open ? "0" : "-1";
        if (title.getAttribute("tabindex") !== want) title.setAttribute("tabindex", want);
        for (const el of c.querySelectorAll(".pick input, .card-move")) if (el.tabIndex !== -1) el.tabIndex = -1;
      }
      for (const el of col.querySelectorAll(".col-all, .col-more a")) el.tabIndex = -1;
    }
  }

  api.board.addEventListener("focusin", (e) => {
    const card = e.target.closest(".card");
    if (!card) return;
    const status = card.closest(".col").dataset.status;
    if (at.get(status) === card.id && here === card) return;
    at.set(status, card.id);
    here = card;
    set();
  });
  return { set };
}
