// The numbers of the menu, kept current while a page stays open.
const pause = 800; // milliseconds in which changes are gathered

export function badges() {
  let timer = 0;
  if (!document.querySelector("[data-count]")) return;
  document.addEventListener("live-any", () => { timer ||= setTimeout(() => { timer = 0; count(); }, pause); });
}

async function count() {
  let numbers;
  try {
    const r = await fetch("/counts", { headers: { Accept: "application/json" } });
    if (!r.ok || r.redirected) return;
    numbers = await r.json();
  } catch { return; } // no server: the numbers stay
  for (const el of document.querySelectorAll("[data-count]")) {
    const n = numbers[el.dataset.count] ?? 0;
    el.hidden = n === 0;
    el.firstChild.textContent = n.toLocaleString("en");
  }
}
