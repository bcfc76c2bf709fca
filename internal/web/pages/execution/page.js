// The page of one execution: streams the text while it is written, updates the tab
// and announces the end.
import { refresh } from "../../js/refresh.js";
import { say } from "../../js/toast.js";

const main = document.querySelector("[data-execution]");
if (main) follow();

function follow() {
  const side = () => main.querySelector(".execution-side");
  if (side().dataset.ended === "true") return;
  const texts = new Map(); // what each step has written, as code points
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
    say(`Execution ended: ${d.status}.`);
    if (d.item !== "0" && !document.querySelector(".bar a[href^='/content/']")) head(d.item);
    for (const f of document.querySelectorAll(".bar form[action$='/cancel']")) f.remove();
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
  addEventListener("pagehide", shut);
  say("Execution running.");
  open();
}

function head(item) {
  const a = document.createElement("a");
  a.className = "btn primary";
  a.href = `/content/${item}`;
  a.textContent = "Open item";
  document.querySelector(".bar").append(a);
}
