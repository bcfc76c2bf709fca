// Fetches a page's live part again and morphs it, so that focus, scroll and open
// menus stay. This is the only module that calls htmx.
const held = new Set();
let queued = null, busy = false;

// holdRefresh keeps the page still during a drag or while a menu is open.
export function holdRefresh(why) { held.add(why); }

export function releaseRefresh(why) {
  held.delete(why);
  if (!held.size && queued) { const el = queued; queued = null; refresh(el); }
}

// refresh morphs the live part of el, which is el's #live or board.
export async function refresh(el) {
  if (held.size || busy) { queued = el; return; }
  const target = el.querySelector("#live, vel-board");
  if (!target || el.dataset.paused !== undefined) return;
  if (el.dataset.list !== undefined && scrollY > 120) {
    const pill = document.getElementById("new-items");
    pill.hidden = false;
    pill.textContent = "New activity. Show";
    return;
  }
  busy = true;
  try {
    await htmx.ajax("GET", location.pathname + location.search, { target, swap: "innerMorph", source: target });
    el.dispatchEvent(new CustomEvent("refreshed", { bubbles: true }));
  } finally {
    busy = false;
    if (queued && !held.size) { const next = queued; queued = null; refresh(next); }
  }
}

document.getElementById("new-items")?.addEventListener("click", (e) => {
  e.target.hidden = true;
  scrollTo({ top: 0 });
  refresh(document.querySelector("[data-list]"));
});
