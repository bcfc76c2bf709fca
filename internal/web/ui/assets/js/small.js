// Small things that any page may use.
import { fade, closer, say } from "./toast.js";

// announceFlash lets the message that came with the page be closed, and fades it.
export function announceFlash() {
  const box = document.querySelector("[data-flash]");
  if (!box) return;
  box.append(closer(box));
  if (!box.classList.contains("bad")) fade(box, 9000);
}

// copyButtons copies the text beside a Copy button. Without a secure context there
// is no clipboard: the text is selected instead.
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
    say(done ? "Copied" : "Selected. Press Ctrl+C to copy.");
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

// tickTimes keeps "3 min ago" current and shows times in the reader's time zone.
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
  setInterval(count, 1000);
}

// count lets the clocks of what runs go on between refreshes. An element says how long
// it had run when the server wrote it, so that the two clocks need not agree.
const seen = new WeakMap();

function count() {
  for (const el of document.querySelectorAll("[data-elapsed]")) {
    const first = seen.get(el);
    if (first?.written !== el.dataset.elapsed) {
      seen.set(el, { written: el.dataset.elapsed, at: performance.now() });
      continue;
    }
    el.textContent = spanText(Number(first.written) + performance.now() - first.at);
  }
}

function spanText(ms) {
  const s = Math.floor(ms / 1000);
  if (s < 60) return `${(ms / 1000).toFixed(1)} s`;
  if (s < 3600) return `${Math.floor(s / 60)} min ${s % 60} s`;
  return `${Math.floor(s / 3600)} h ${Math.floor(s / 60) % 60} min`;
}

// popovers closes the menus of a bar when the focus or a click goes elsewhere, and on
// Escape.
export function popovers() {
  const close = (keep) => { for (const d of document.querySelectorAll("details.more[open]")) if (d !== keep) d.open = false; };
  document.addEventListener("click", (e) => close(e.target.closest?.("details.more")));
  document.addEventListener("focusin", (e) => close(e.target.closest?.("details.more")));
  document.addEventListener("keydown", (e) => {
    const open = document.querySelector("details.more[open]");
    if (e.key !== "Escape" || !open) return;
    open.open = false;
    open.querySelector("summary").focus();
  });
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

// filterForms submits a filter as soon as it changes, without its empty fields.
export function filterForms() {
  for (const form of document.querySelectorAll("form[data-filters]")) {
    form.addEventListener("formdata", (e) => {
      for (const [k, v] of [...e.formData]) if (v === "") e.formData.delete(k);
    });
    form.addEventListener("change", (e) => { if (e.target.type !== "search") form.requestSubmit(); });
  }
}
