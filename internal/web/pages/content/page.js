// The item page: toolbar, preview, shortcuts, fixing a finding, and the link between
// a finding and its mark.
import { marks } from "../../js/marks.js";
import { picture } from "../../js/picture.js";
import { say, toast } from "../../js/toast.js";
import { comments } from "./comments.js";
import { rewriting } from "./rewrite.js";

const form = document.getElementById("editor");
const upload = document.querySelector(".picture");
if (upload) picture(upload, upload.querySelector(".picture-preview"));

function editor() {
  const body = form.elements.body;
  form.querySelector(".toolbar").hidden = false;
  body.addEventListener("input", () => count(body));
  form.addEventListener("draft-restored", () => count(body));
  form.addEventListener("draft-kept", () => {
    document.getElementById("kept").textContent = `Draft kept ${new Date().toLocaleTimeString(undefined, { timeStyle: "short" })}`;
  });
  form.addEventListener("click", (e) => {
    const b = e.target.closest("[data-md]");
    if (b) format(body, b.dataset.md);
    const image = e.target.closest("[data-insert]");
    if (image) {
      body.focus();
      insert(body, body.selectionStart, body.selectionEnd, image.dataset.insert);
    }
  });
  const toggle = document.getElementById("preview-toggle");
  toggle.addEventListener("click", () => preview(form, toggle));
  body.addEventListener("keydown", (e) => { if (e.key === "Enter" && !e.isComposing) continueList(e, body); });
  document.addEventListener("keydown", (e) => {
    if (!(e.ctrlKey || e.metaKey) || e.altKey || document.querySelector("dialog[open]")) return;
    const key = e.key.toLowerCase();
    if (key === "s") form.requestSubmit(document.getElementById("save"));
    else if (key === "p" && e.shiftKey) preview(form, toggle);
    else if (e.target !== body || e.shiftKey) return;
    else if (key === "b") format(body, "bold");
    else if (key === "i") format(body, "italic");
    else if (key === "k") format(body, "link");
    else return;
    e.preventDefault();
  });
  count(body);
  toolbar();
  rewriting(form, { insert, nearest });
  const n = new URLSearchParams(location.search).get("fix");
  if (n) selectFinding(body, n);
  document.addEventListener("click", (e) => {
    const card = e.target.closest?.(".rail .finding[data-from]");
    if (!card || body.hidden) return;
    e.preventDefault(); // the link leads to this page
    selectFinding(body, card.dataset.finding);
  });
}

// toolbar makes one tab stop of the toolbar; arrows move within it.
function toolbar() {
  const bar = form.querySelector(".toolbar"), buttons = [...bar.querySelectorAll("button")];
  const at = (b) => { for (const x of buttons) x.tabIndex = x === b ? 0 : -1; };
  at(buttons[0]);
  bar.addEventListener("focusin", (e) => { if (buttons.includes(e.target)) at(e.target); });
  bar.addEventListener("keydown", (e) => {
    const i = buttons.indexOf(e.target), step = { ArrowRight: 1, ArrowLeft: -1 }[e.key];
    const to = step ? buttons[(i + step + buttons.length) % buttons.length] : { Home: buttons[0], End: buttons.at(-1) }[e.key];
    if (i < 0 || !to) return;
    e.preventDefault();
    to.focus();
  });
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

// format puts signs around the selection or before its lines, or takes them off.
function format(body, kind) {
  body.focus();
  const { selectionStart: from, selectionEnd: to, value } = body;
  if (around[kind]) {
    const [a, b] = around[kind];
    if (value.slice(from - a.length, from) === a && value.slice(to, to + b.length) === b && value[from - a.length - 1] !== a[0]) {
      insert(body, from - a.length, to + b.length, value.slice(from, to));
      body.setSelectionRange(from - a.length, to - a.length);
      return;
    }
    insert(body, from, to, a + value.slice(from, to) + b);
    body.setSelectionRange(from + a.length, to + a.length);
    return;
  }
  const start = value.lastIndexOf("\n", from - 1) + 1;
  const lines = value.slice(start, to).split("\n");
  const off = lines.every((l) => l.startsWith(before[kind]));
  insert(body, start, to, lines.map((l) => (off ? l.slice(before[kind].length) : before[kind] + l)).join("\n"));
}

// continueList starts the next item of a list or a quote; Enter in an empty one ends it.
function continueList(e, body) {
  const { selectionStart: from, selectionEnd: to, value } = body;
  const start = value.lastIndexOf("\n", from - 1) + 1, line = value.slice(start, from);
  const sign = line.match(/^\s*(?:[-*+]|(\d+)([.)])|>)\s+/);
  if (!sign || from !== to) return;
  e.preventDefault();
  if (sign[0] === line) { insert(body, start, from, ""); return; }
  insert(body, from, to, "\n" + (sign[1] ? sign[0].replace(sign[1], Number(sign[1]) + 1) : sign[0]));
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
    const r = await fetch("/preview", { method: "POST", headers: { "HX-Request": "true" }, body: new URLSearchParams({ body: body.value, item: document.getElementById("main").dataset.item }) }).catch(() => null);
    if (!r?.ok) {
      toast(r?.status === 401 ? "You’re signed out. Your text stays here. Sign in with a link in another tab, then try again."
        : "The preview could not be loaded. Your text stays here. Try again in a moment.", { bad: true, ms: 15000 });
      return;
    }
    pane.innerHTML = await r.text(); // sanitised by the server, like everything that is published
  }
  pane.hidden = !on;
  body.hidden = on;
  toggle.setAttribute("aria-pressed", String(on));
  (on ? pane : body).focus();
}

// selectFinding selects the place of a finding. The page gives it in code points of the
// text as it was opened; what has been written since may have moved it.
function selectFinding(body, n) {
  const card = document.getElementById(`finding-${n}`);
  if (!card?.dataset.from) return;
  const points = [...body.defaultValue], from = Number(card.dataset.from), to = Number(card.dataset.to);
  const was = points.slice(0, from).join("").length, words = points.slice(from, to).join("");
  const at = nearest(body.value, words, was);
  for (const el of document.querySelectorAll(".finding")) el.classList.toggle("lit", el === card);
  if (at < 0) { say("The words of this finding are no longer in the text."); return; }
  body.focus();
  body.setSelectionRange(at, at + words.length);
  scrollToSelection(body, at);
}

// nearest returns where words stand in a text, closest to a place; -1 for nowhere.
function nearest(text, words, place) {
  const before = text.lastIndexOf(words, place), after = text.indexOf(words, place);
  if (before < 0 || after < 0) return Math.max(before, after);
  return place - before < after - place ? before : after;
}

function scrollToSelection(body, at) {
  const line = parseFloat(getComputedStyle(body).lineHeight);
  const share = at / Math.max(1, body.value.length);
  scrollTo(0, Math.max(0, body.getBoundingClientRect().top + scrollY + share * body.scrollHeight - innerHeight / 2 + line));
}

// changedElsewhere says when someone else has changed the item on screen.
function changedElsewhere() {
  const main = document.querySelector("main[data-item]");
  if (!main) return;
  document.addEventListener("live-item", async (e) => {
    if (String(e.detail.content) !== main.dataset.item) return;
    const r = await fetch(location.pathname, { headers: { "HX-Request": "true" } }).catch(() => null);
    if (!r) return; // the next event asks again
    const now = new DOMParser().parseFromString(await r.text(), "text/html").body.textContent.trim(); // its quotes are escaped
    if (r.ok && now !== main.dataset.etag) document.getElementById("changed").hidden = false;
  });
}

if (document.querySelector("main[data-item]")) {
  marks();
  changedElsewhere();
  comments();
}
if (form) editor();
