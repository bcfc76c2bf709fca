// A select that lists only the newest items gets the others by a search of their
// titles.
for (const field of document.querySelectorAll("input[data-find]")) search(field, document.getElementById(field.dataset.find));

function search(field, select) {
  const newest = [...select.options];
  let wait = 0;
  field.hidden = false;
  field.addEventListener("keydown", (e) => { if (e.key === "Enter") e.preventDefault(); });
  field.addEventListener("input", (e) => {
    e.stopPropagation(); // it is no setting
    clearTimeout(wait);
    wait = setTimeout(find, 150);
  });

  async function find() {
    const q = field.value.trim();
    if (!q) { show(newest); return; }
    const answer = await fetch("/find?" + new URLSearchParams({ q }), { headers: { Accept: "application/json" } }).catch(() => null);
    if (!answer?.ok || field.value.trim() !== q) return;
    const items = await answer.json();
    show([newest[0], ...items.map((i) => new Option(`${i.title} (${i.where})`, i.id))]);
  }

  function show(options) {
    const chosen = select.selectedOptions[0];
    const kept = options.some((o) => o.value === chosen.value);
    select.replaceChildren(...(kept ? options : [...options, chosen]));
    select.value = chosen.value;
  }
}
