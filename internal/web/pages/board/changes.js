// What changes on the board while it is open. A nudge names an item; only its card is
// fetched, and the counts. The rest of a long column is fetched page by page.
import { refresh, whenFree } from "../../js/refresh.js";
import { say } from "../../js/toast.js";

const wait = 120; // milliseconds in which nudges are gathered
const mostCards = 50; // more changes than this fetch the board
const long = new Set(); // the columns that have more cards than at first

export function changes(api) {
  const main = document.querySelector("[data-refresh]");
  const due = new Map(); // who changed an item, by its id
  let timer = 0;

  main.refreshPath = () => location.pathname + addressOf(api);
  document.addEventListener("live-item", (e) => {
    due.set(String(e.detail.content), e.detail.by);
    timer ||= setTimeout(() => { timer = 0; whenFree(flush); }, wait);
  });
  api.board.addEventListener("click", (e) => {
    const a = e.target.closest(".col-more a");
    if (a) { e.preventDefault(); loadMore(api, a.closest(".col")); }
  });
  const seen = new IntersectionObserver((list) => {
    for (const e of list) if (e.isIntersecting) loadMore(api, e.target.closest(".col"));
  }, { rootMargin: "0px 0px 400px" });
  const watch = () => { for (const li of api.board.querySelectorAll(".col-more")) seen.observe(li); };
  main.addEventListener("refreshed", watch);
  api.board.addEventListener("more", watch);
  watch();

  async function flush() {
    const now = new Map(due), posts = api.posts;
    due.clear();
    if (!now.size) return;
    const params = new URLSearchParams(location.search);
    if (params.has("column") || now.size > mostCards) { await refresh(main); return; }
    params.set("ids", [...now.keys()].join(","));
    const doc = await read(`/board/changes?${params}`);
    if (!doc || !doc.querySelector("data.count")) { await refresh(main); return; }
    whenFree(() => {
      if (api.posts === posts) { apply(doc, now); return; }
      for (const [id, by] of now) if (!due.has(id)) due.set(id, by); // cards have moved since: read them again
      flush();
    });
  }

  function apply(doc, now) {
    for (const c of doc.querySelectorAll("data.count")) api.setTotal(c.dataset.status, Number(c.value));
    for (const id of now.keys()) if (!doc.getElementById(`card-${id}`)) document.getElementById(`card-${id}`)?.remove();
    for (const at of doc.querySelectorAll("li.place")) {
      const fresh = at.nextElementSibling, card = show(fresh, at.dataset.below), id = at.dataset.id;
      if (card && !api.mine.has(id)) api.flash(card, now.get(id));
    }
    main.querySelector(".empty")?.remove();
    api.changed();
  }

  // show puts a card where it belongs, and takes it away where that is not loaded.
  function show(fresh, below) {
    const old = document.getElementById(fresh.id), had = old?.contains(document.activeElement);
    const list = document.querySelector(`#col-${fresh.dataset.status} .cards`);
    const next = below === "0" ? null : document.getElementById(`card-${below}`);
    const unread = list?.querySelector(".col-more");
    if (!list || (next ? next.parentNode !== list : unread)) { old?.remove(); return null; }
    const card = old ?? document.adoptNode(fresh);
    if (old) {
      for (const a of fresh.attributes) old.setAttribute(a.name, a.value);
      old.replaceChildren(...fresh.childNodes);
    }
    const anchor = next ?? list.querySelector(".hint");
    if (card.nextElementSibling !== anchor) {
      if (list.moveBefore && card.isConnected) list.moveBefore(card, anchor);
      else list.insertBefore(card, anchor);
    }
    if (had) card.querySelector(".card-title").focus({ preventScroll: true });
    return card;
  }
}

// addressOf is the query of the board with as many cards as it shows now.
function addressOf(api) {
  const params = new URLSearchParams(location.search);
  const extra = api.columns().filter((col) => long.has(col.dataset.status)).map((col) => `${col.dataset.status}:${api.cardsOf(col).length}`);
  if (extra.length) params.set("shown", extra.join(","));
  return params.size ? `?${params}` : "";
}

// shorten forgets how many cards were loaded, for another search.
export function shorten() { long.clear(); }

// loadMore adds the next cards of a column and returns the first of them, or null.
export async function loadMore(api, col) {
  const li = col.querySelector(".col-more");
  if (!li || li.dataset.busy) return null;
  li.dataset.busy = "";
  const doc = await read(li.querySelector("a").getAttribute("href"));
  delete li.dataset.busy;
  if (!doc || !li.isConnected) return null;
  const list = col.querySelector(".cards"), fresh = [...doc.querySelectorAll(".card")].filter((c) => !document.getElementById(c.id));
  for (const c of fresh) list.insertBefore(document.adoptNode(c), list.querySelector(".hint"));
  const next = doc.querySelector(".col-more");
  li.remove();
  if (next) list.append(document.adoptNode(next));
  long.add(col.dataset.status);
  api.changed();
  api.board.dispatchEvent(new CustomEvent("more"));
  say(`${fresh.length} more in ${api.labelOf(col.dataset.status)}.`);
  return fresh[0] ?? null;
}

// read fetches a part of a page.
async function read(path) {
  try {
    const r = await fetch(path, { headers: { "HX-Request": "true" } });
    if (!r.ok || r.redirected) return null;
    return new DOMParser().parseFromString(await r.text(), "text/html");
  } catch { return null; }
}
