// The list of items: its selection, which survives a refresh of the table.
import { say } from "../../js/toast.js";

const form = document.getElementById("items-form");

function selection() {
  const most = Number(form.dataset.most);
  let keep = new Set(), last = null;
  const boxes = () => [...form.querySelectorAll("tbody .sel input[type=checkbox]")];
  const count = () => {
    keep = new Set(boxes().filter((b) => b.checked).map((b) => b.value));
    document.getElementById("items-count").textContent = `${keep.size} selected`;
    for (const b of form.querySelectorAll(".bulk-to button")) b.disabled = keep.size > most;
    const all = document.getElementById("all-items");
    if (!all) return;
    all.closest("label").hidden = false;
    all.checked = keep.size > 0 && keep.size === boxes().length;
    all.indeterminate = keep.size > 0 && !all.checked;
  };
  form.addEventListener("change", (e) => {
    if (e.target.id === "all-items") {
      for (const b of boxes()) b.checked = e.target.checked;
      count();
      say(`${keep.size} selected.`);
    } else if (e.target.closest("tbody .sel")) {
      count();
    }
  });
  form.addEventListener("click", (e) => { // with Shift, all between this one and the last
    if (!e.target.matches("tbody .sel input[type=checkbox]")) return;
    const list = boxes(), from = list.findIndex((b) => b.value === last), to = list.indexOf(e.target);
    if (e.shiftKey && from >= 0) {
      for (const b of list.slice(Math.min(from, to), Math.max(from, to) + 1)) b.checked = e.target.checked;
      count();
    }
    last = e.target.value;
  });
  form.addEventListener("reset", () => setTimeout(() => { count(); say("Selection cleared."); }));
  document.addEventListener("refreshed", () => {
    for (const b of boxes()) b.checked = keep.has(b.value);
    count();
  });
  count();
}

if (form) selection();
