// The page of one execution: streams the text while it is written, updates the tab
// and announces the end.
import { refresh } from "../../js/refresh.js";
import { say } from "../../js/toast.js";
import { recallInTab, rememberInTab } from "../../js/store.js";

const main = document.querySelector("[data-execution]");
if (main) follow();

function follow() {
  const side = () => main.querySelector(".execution-side");
  if (side().dataset.ended === "true") { unfinished(); return; }
  const texts = new Map(); // what each step has written, as code points
  const names = new Map(); // of these steps
  let source = null;

  const open = () => {
    if (source || document.hidden || side().dataset.ended === "true") return;
    source = new EventSource(`/executions/${main.dataset.execution}/stream`);
    source.addEventListener("text", (e) => write(JSON.parse(e.data)));
    source.onmessage = async () => { // [DONE]: read the status
      shut();
      await refresh(main);
      setTimeout(open, 1000);
    };
  };
  const shut = () => { source?.close(); source = null; };

  function write({ step, offset, text }) {
    const have = texts.get(step) ?? [];
    if (offset > have.length) return; // a gap: the whole text comes with the next connection
    const now = offset === 0 ? [...text] : have.slice(0, offset).concat([...text]);
    texts.set(step, now);
    const el = document.getElementById(`stream-${step}`);
    names.set(step, el?.closest(".out").querySelector(".out-name").textContent ?? names.get(step));
    if (!el || now[0] === "{") return; // an outline is data, shown under Plan
    const stick = nearEnd();
    if (offset === have.length && offset > 0) el.append(text);
    else el.textContent = now.join("");
    for (const o of main.querySelectorAll(".stream.writing")) if (o !== el) o.classList.remove("writing");
    el.classList.add("writing");
    scroll(stick);
  }

  // A refresh may bring new steps: show what they have written so far.
  main.addEventListener("refreshed", () => {
    bar();
    unfinished();
    for (const [step, text] of texts) {
      const el = document.getElementById(`stream-${step}`);
      if (el && text[0] !== "{" && el.dataset.live !== undefined && el.textContent.length < text.length) el.textContent = text.join("");
    }
    const d = side().dataset;
    document.title = `${d.title} · Vellocity`;
    const icon = document.getElementById("tab-icon");
    if (icon.getAttribute("href") !== d.icon) icon.href = d.icon;
    if (d.ended === "true") ended(d);
  });

  let announced = false;
  function ended(d) {
    shut();
    if (announced) return;
    announced = true;
    keep(texts, names);
    unfinished();
    say(`Execution ended: ${d.status}.`);
    clearInterval(clock);
  }

  const nearEnd = () => scrollY > 0 && innerHeight + scrollY > document.documentElement.scrollHeight - 160;
  const jump = () => document.getElementById("jump");
  function scroll(stick) {
    if (stick) scrollTo(0, document.documentElement.scrollHeight);
    else if (jump() && scrollY > 0) jump().hidden = false;
  }
  main.addEventListener("click", (e) => {
    if (e.target.id !== "jump") return;
    e.target.hidden = true;
    scrollTo(0, document.documentElement.scrollHeight);
  });
  document.addEventListener("visibilitychange", () => (document.hidden ? shut() : open()));
  addEventListener("pagehide", () => { shut(); keep(texts, names); });
  // The bars of what runs grow although nothing happens.
  const clock = setInterval(() => { if (!document.hidden) refresh(main); }, 3000);
  open();
}

// keep remembers in this tab what was written so far, with the names of the steps: an
// execution that is cancelled or fails has recorded none of it.
function keep(texts, names) {
  const list = [...texts].filter(([step, text]) => names.get(step) && text[0] !== "{")
    .map(([step, text]) => ({ name: names.get(step), text: text.join("") }));
  if (list.length) rememberInTab(written(), JSON.stringify(list));
}

function written() { return `written:${document.body.dataset.me}:${main.dataset.execution}`; }

// unfinished shows that text again where the execution ended without recording any.
function unfinished() {
  const paper = document.getElementById("paper");
  if (!paper || !("unfinished" in paper.dataset) || paper.querySelector(".stream")) return;
  let list = null;
  try { list = JSON.parse(recallInTab(written())); } catch { /* it is not ours */ }
  if (!list?.length) return;
  const note = document.createElement("p");
  note.className = "banner note";
  note.textContent = "This is what was written before the execution ended. It is kept only in this tab: copy what you need.";
  paper.replaceChildren(note);
  for (const { name, text } of list) {
    const part = document.createElement("section"), head = document.createElement("h2"), body = document.createElement("div");
    part.className = "out";
    head.className = "out-name";
    head.textContent = name;
    body.className = "stream";
    body.dir = "auto";
    body.textContent = text;
    part.append(head, body);
    paper.append(part);
  }
}

// bar shows the actions of the present state. A refresh brings them beside the page.
function bar() {
  const now = document.getElementById("bar-actions"), next = document.getElementById("bar-next");
  const shape = (el) => [...el.querySelectorAll("a, form")].map((x) => x.getAttribute("href") ?? x.getAttribute("action")).join(" ");
  if (!next || shape(now) === shape(next)) return;
  const focused = now.contains(document.activeElement);
  now.replaceChildren(...[...next.childNodes].map((n) => n.cloneNode(true)));
  if (focused) now.querySelector("a, button, summary")?.focus();
}
