// Searching the board: the words are part of the address, and the server finds the
// cards among all items.
import { refresh } from "../../js/refresh.js";
import { say } from "../../js/toast.js";
import { shorten } from "./changes.js";

const pause = 150; // milliseconds after the last key

export function filter(api) {
  const field = document.querySelector(".filters input[type=search]"), main = document.querySelector("[data-refresh]");
  let timer = 0;

  async function search() {
    clearTimeout(timer);
    const url = new URL(location.href), q = field.value.trim();
    if (q === (url.searchParams.get("q") ?? "")) return;
    if (q) url.searchParams.set("q", q);
    else url.searchParams.delete("q");
    if (url.searchParams.has("column")) { location.href = url.pathname + url.search; return; }
    history.replaceState(null, "", url);
    for (const list of api.board.querySelectorAll(".cards")) list.scrollTop = 0;
    shorten();
    await refresh(main);
    const n = api.columns().reduce((sum, col) => sum + api.total(col), 0);
    if (q && q === field.value.trim()) say(n === 1 ? "1 item matches." : `${n.toLocaleString("en")} items match.`);
  }

  field.form.addEventListener("submit", (e) => { if (document.activeElement === field) { e.preventDefault(); search(); } });
  field.addEventListener("input", () => { clearTimeout(timer); timer = setTimeout(search, pause); });
  // Back may restore other values than the address has.
  addEventListener("pageshow", () => {
    const params = new URL(location.href).searchParams;
    for (const el of field.form.querySelectorAll("[name]:not([type=hidden])")) {
      const value = params.get(el.name) ?? "";
      if (!el.options || [...el.options].some((o) => o.value === value)) el.value = value;
    }
  });
}
