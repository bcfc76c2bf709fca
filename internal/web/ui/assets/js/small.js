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
