// Small helps that any page may use.
import { fade, closer, say } from "./toast.js";

// announceFlash lets the sentence that came with the page be closed and fade.
export function announceFlash() {
  const box = document.querySelector("[data-flash]");
  if (!box) return;
  box.append(closer(box));
  if (!box.classList.contains("bad")) fade(box, 9000);
}

// copyButtons copies the text beside a Copy button. Without a secure context
// there is no clipboard: then the text is selected for the person to copy.
export function copyButtons() {
  const show = () => { for (const b of document.querySelectorAll("[data-copyable] .copy[hidden]")) b.hidden = false; };
  show();
  document.addEventListener("htmx:after:swap", show);
  document.addEventListener("click", async (e) => {
    const b = e.target.closest?.("[data-copyable] .copy");
    if (!b) return;
    const from = b.closest("[data-copyable]").querySelector("input, pre");
    const label = b.querySelector("span");
    const done = await copy(from);
    label.textContent = done ? "Copied" : "Selected";
    say(done ? "Copied" : "Selected. Press Ctrl C to copy.");
    setTimeout(() => { label.textContent = "Copy"; }, 2000);
  });
}

async function copy(from) {
  const text = from.value ?? from.textContent;
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    if (from.select) from.select();
    else getSelection().selectAllChildren(from);
    return document.execCommand("copy");
  }
}

// tickTimes keeps "3 min ago" true and shows moments in the reader's own time.
export function tickTimes() {
  const tick = () => {
    for (const t of document.querySelectorAll("time.ago")) {
      const text = ago(new Date(t.dateTime));
      if (t.textContent !== text) t.textContent = text;
      const full = new Date(t.dateTime).toLocaleString();
      if (t.title !== full) t.title = full;
    }
    for (const t of document.querySelectorAll("time.clock")) {
      const text = new Date(t.dateTime).toLocaleString(undefined, { dateStyle: "medium", timeStyle: "medium" });
      if (t.textContent !== text) t.textContent = text;
    }
  };
  tick();
  setInterval(tick, 20000);
  document.addEventListener("htmx:after:swap", tick);
}

function ago(then) {
  const s = (Date.now() - then) / 1000, d = Math.abs(s);
  if (d < 45) return s < -1 ? "in a moment" : "just now";
  let word;
  if (d < 5400) word = `${Math.round(d / 60)} min`;
  else if (d < 129600) word = `${Math.round(d / 3600)} h`;
  else { const n = Math.round(d / 86400); word = n === 1 ? "1 day" : `${n} days`; }
  return s < 0 ? `in ${word}` : `${word} ago`;
}

// filterForms sends a filter as soon as it changes, with no empty fields in the
// address.
export function filterForms() {
  for (const form of document.querySelectorAll("form[data-filters]")) {
    form.addEventListener("formdata", (e) => {
      for (const [k, v] of [...e.formData]) if (v === "") e.formData.delete(k);
    });
    form.addEventListener("change", (e) => { if (e.target.type !== "search") form.requestSubmit(); });
  }
}

// localFilter hides the rows of a short list that do not hold the words typed.
export function localFilter() {
  const form = document.querySelector("form[data-local-filter]");
  if (!form) return;
  form.addEventListener("submit", (e) => e.preventDefault());
  form.addEventListener("input", (e) => {
    const q = e.target.value.toLowerCase();
    for (const li of document.querySelectorAll("[data-words]")) li.hidden = !li.dataset.words.toLowerCase().includes(q);
    for (const g of document.querySelectorAll("[data-filtered] > section")) g.hidden = !g.querySelector("[data-words]:not([hidden])");
  });
}

// once guards the page that shows a key a single time: loading it again must not
// make another key, and leaving it before the key was copied asks first.
export function once() {
  const box = document.querySelector("[data-once]");
  if (!box) return;
  history.replaceState(null, "", "/settings/api-keys");
  let safe = false;
  box.addEventListener("click", (e) => { if (e.target.closest(".copy, a")) safe = true; });
  document.addEventListener("copy", () => { safe = true; });
  addEventListener("beforeunload", (e) => { if (!safe) e.preventDefault(); });
  box.querySelector("#secret")?.addEventListener("focus", (e) => e.target.select());
}
