// The page that checks a text: a Markdown file is read into the form, and each finding is
// connected with its place.
import { marks } from "../../js/marks.js";

const form = document.getElementById("check-form");

function files() {
  const box = document.getElementById("file"), input = box.querySelector("input");
  box.hidden = false;
  input.addEventListener("input", (e) => e.stopPropagation()); // it is no part of the form
  input.addEventListener("change", async (e) => {
    e.stopPropagation();
    const file = input.files[0];
    if (!file) return;
    const text = form.elements.text;
    text.value = await file.text();
    text.dispatchEvent(new Event("input", { bubbles: true }));
    input.value = "";
  });
}

// judged asks for the model's judgement until it is there.
async function judged() {
  const here = () => document.getElementById("judgement");
  while (here()?.querySelector("[role=status]")) {
    await new Promise((done) => setTimeout(done, 1500));
    const r = await fetch(location.href).catch(() => null);
    if (!r?.ok) continue; // the next turn asks again
    const now = new DOMParser().parseFromString(await r.text(), "text/html").getElementById("judgement");
    if (!now) return;
    here().replaceWith(now);
  }
}

if (form) {
  files();
  judged();
  marks();
}
