// Fetches a page's live part again and morphs it, so that focus, scroll and open
// menus stay. This is the only module that calls htmx.
const held = new Set();
let queued = null, busy = false; // queued is the next refresh: el, and the promise of who waits for it
let later = []; // what waits until the page may change

// holdRefresh keeps the page still during a drag or while a menu is open.
export function holdRefresh(why) { held.add(why); }

export function releaseRefresh(why) {
  held.delete(why);
  next();
}

// whenFree runs what changes the page as soon as nothing holds it still.
export function whenFree(run) {
  later.push(run);
  next();
}

function next() {
  if (held.size || busy) return;
  const runs = later;
  later = [];
  for (const run of runs) run();
  if (queued && !held.size) {
    const { el, resolve } = queued;
    queued = null;
    refresh(el).finally(resolve);
  }
}

// afterThis queues a refresh, in place of one that is queued, and returns when it is done.
function afterThis(el) {
  queued ??= Promise.withResolvers();
  queued.el = el;
  return queued.promise;
}

// refresh morphs the live part of el, which is el's #live or board. It is fetched from
// the page's address, or from what el.refreshPath returns. It returns when the page shows
// what the server has said after the call: one that is under way may be older.
export async function refresh(el) {
  if (held.size || busy) return afterThis(el);
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
    await htmx.ajax("GET", el.refreshPath?.() ?? location.pathname + location.search, { target, swap: "innerMorph", source: target });
    el.dispatchEvent(new CustomEvent("refreshed", { bubbles: true }));
  } finally {
    busy = false;
    next();
  }
}

document.getElementById("new-items")?.addEventListener("click", (e) => {
  e.target.hidden = true;
  scrollTo({ top: 0 });
  refresh(document.querySelector("[data-list]"));
});
