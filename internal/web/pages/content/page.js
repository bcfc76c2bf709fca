// The item page: toolbar, preview, shortcuts, fixing a finding, and the link between
// a finding and its mark.
import { say } from "../../js/toast.js";

const form = document.getElementById("editor");

function editor() {
  const body = form.elements.body;
  let dirty = false;
  form.querySelector(".toolbar").hidden = false;
  body.addEventListener("input", () => { dirty = true; count(body); });
  form.addEventListener("input", () => { dirty = true; });
  form.addEventListener("submit", () => { dirty = false; });
  addEventListener("beforeunload", (e) => { if (dirty) e.preventDefault(); });
  form.addEventListener("click", (e) => {
    const b = e.target.closest("[data-md]");
    if (b) format(body, b.dataset.md);
  });
  const toggle = document.getElementById("preview-toggle");
  toggle.addEventListener("click", () => preview(form, toggle));
  form.addEventListener("keydown", (e) => {
    if (!(e.ctrlKey || e.metaKey)) return;
    const key = e.key.toLowerCase();
    if (key === "s") form.requestSubmit();
    else if (key === "p" && e.shiftKey) preview(form, toggle);
    else if (e.target !== body) return;
    else if (key === "b") format(body, "bold");
    else if (key === "i") format(body, "italic");
    else if (key === "k") format(body, "link");
    else return;
    e.preventDefault();
  });
  count(body);
  selectFinding(body);
}

// word is what the server counts, roughly: letters and digits, joined by an apostrophe,
// a hyphen or a full stop. Markdown's signs are none.
const word = /[\p{L}\p{N}]+(?:['’.-][\p{L}\p{N}]+)*/gu;

function count(body) {
  const n = body.value.match(word)?.length ?? 0;
  document.getElementById("words").textContent = n === 1 ? "1 word" : `${n.toLocaleString("en")} words`;
}

const around = { bold: ["**", "**"], italic: ["*", "*"], link: ["[", "](https://)"] };
const before = { heading: "## ", list: "- ", quote: "> " };

function format(body, kind) {
  body.focus();
  const { selectionStart: from, selectionEnd: to, value } = body;
  if (around[kind]) {
    const [a, b] = around[kind];
    insert(body, from, to, a + value.slice(from, to) + b);
    body.setSelectionRange(from + a.length, to + a.length);
    return;
  }
  const start = value.lastIndexOf("\n", from - 1) + 1;
  const lines = value.slice(start, to).split("\n").map((l) => before[kind] + l).join("\n");
  insert(body, start, to, lines);
}

// insert keeps the browser's own undo, which writing to value would lose.
function insert(body, from, to, text) {
  body.setSelectionRange(from, to);
  if (!document.execCommand("insertText", false, text)) body.setRangeText(text, from, to, "end");
  body.dispatchEvent(new Event("input", { bubbles: true }));
}

async function preview(form, toggle) {
  const pane = document.getElementById("preview"), body = form.elements.body;
  const on = pane.hidden;
  if (on) {
    const r = await fetch("/preview", { method: "POST", body: new URLSearchParams({ body: body.value }) });
    if (!r.ok) { say("The preview could not be loaded."); return; }
    pane.innerHTML = await r.text(); // sanitised by the server, like everything that is published
  }
  pane.hidden = !on;
  body.hidden = on;
  toggle.setAttribute("aria-pressed", String(on));
  (on ? pane : body).focus();
}

// selectFinding selects the place of the finding that the address names.
function selectFinding(body) {
  const n = Number(new URLSearchParams(location.search).get("fix"));
  const quote = n > 0 && document.querySelector(`#finding-${n} blockquote`)?.textContent;
  const at = quote ? body.value.indexOf(quote) : -1;
  if (at < 0) return;
  body.focus();
  body.setSelectionRange(at, at + quote.length);
  document.getElementById(`finding-${n}`).classList.add("lit");
  scrollToSelection(body, at);
}

function scrollToSelection(body, at) {
  const line = parseFloat(getComputedStyle(body).lineHeight);
  const share = at / Math.max(1, body.value.length);
  scrollTo(0, Math.max(0, body.getBoundingClientRect().top + scrollY + share * body.scrollHeight - innerHeight / 2 + line));
}

// marks connects each finding in the margin with its place in the text.
function marks() {
  const light = (n) => {
    for (const el of document.querySelectorAll("mark.find, .finding")) el.classList.toggle("lit", el.dataset.finding === n);
  };
  document.addEventListener("pointerover", (e) => {
    const el = e.target.closest?.("mark.find, .finding[data-finding]");
    if (el) light(el.dataset.finding);
  });
  document.addEventListener("click", (e) => {
    const mark = e.target.closest?.("mark.find"), card = e.target.closest?.(".rail .finding");
    const to = mark ? document.getElementById(`finding-${mark.dataset.finding}`)
      : card && document.querySelector(`mark.find[data-finding="${card.dataset.finding}"]`);
    to?.scrollIntoView({ block: "center", behavior: "smooth" });
  });
}

// changedElsewhere says when someone else has changed the item on screen.
function changedElsewhere() {
  const main = document.querySelector("main[data-item]");
  if (!main) return;
  document.addEventListener("live-item", async (e) => {
    if (String(e.detail.content) !== main.dataset.item) return;
    const r = await fetch(location.pathname, { headers: { "HX-Request": "true" } });
    const now = (await r.text()).trim();
    if (r.ok && now !== main.dataset.etag) document.getElementById("changed").hidden = false;
  });
}

if (document.querySelector("main[data-item]")) {
  marks();
  changedElsewhere();
}
if (form) editor();
