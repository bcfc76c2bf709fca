// Drafts: what a person writes is kept in this browser until the server has it. A
// draft belongs to a person, a form, the version that was open, and a tab.
import { recall, remember, remembered, recallInTab, rememberInTab } from "./store.js";
import { say } from "./toast.js";

const life = 30 * 24 * 3600 * 1000;
const plumbing = ["once", "etag", "version"];
const tab = recallInTab("tab") ?? Math.random().toString(36).slice(2);
rememberInTab("tab", tab);
const dirty = new Set();
let sending = false;

export function drafts() {
  settle();
  for (const key of remembered("draft:")) if (!(Date.now() - read(key)?.at < life)) remember(key, null);
  for (const form of document.querySelectorAll("form[data-draft]")) keep(form);
  addEventListener("beforeunload", (e) => { if (dirty.size && !sending) e.preventDefault(); });
  addEventListener("pageshow", () => { sending = false; });
}

// settle forgets the draft that the server has taken, which its message confirms.
function settle() {
  const sent = recallInTab("draft-sent");
  if (!sent) return;
  rememberInTab("draft-sent", null);
  if (document.querySelector("[data-flash]:not(.bad)")) remember(sent, null);
}

function read(key) {
  try { return JSON.parse(recall(key)); } catch { return null; }
}

function keep(form) {
  const about = `draft:${document.body.dataset.me}:${form.dataset.draft}:`;
  const own = `${about}${form.dataset.version ?? ""}:${tab}`;
  let wait = 0;
  const save = () => {
    clearTimeout(wait);
    wait = 0;
    remember(own, JSON.stringify({ at: Date.now(), version: form.dataset.version ?? "", etag: form.elements.etag?.value, values: valuesOf(form) }));
    form.dispatchEvent(new CustomEvent("draft-kept"));
  };
  const changed = () => {
    dirty.add(form);
    clearTimeout(wait);
    wait = setTimeout(save, 400);
  };
  form.addEventListener("input", (e) => { if (e.target.name) changed(); });
  form.addEventListener("change", (e) => { if (e.target.name) changed(); });
  addEventListener("pagehide", () => { if (wait) save(); });
  document.addEventListener("submit", (e) => {
    if (e.target !== form || e.defaultPrevented) return;
    if (dirty.has(form)) save();
    rememberInTab("draft-sent", own);
    sending = true;
  });
  if ("refused" in form.dataset) { // what this tab had kept is on the screen
    for (const key of remembered(about)) if (key.endsWith(`:${tab}`)) remember(key, null);
    dirty.add(form);
    save();
    return;
  }
  offer(form, about, own, changed);
}

// offer shows the newest draft that is not what the form shows. One of this tab is put
// aside, so that what is typed now does not take its place.
function offer(form, about, own, changed) {
  const now = JSON.stringify(valuesOf(form));
  const found = remembered(about).map((key) => ({ key, ...read(key) }))
    .filter((d) => d.values && JSON.stringify(d.values) !== now).sort((a, b) => b.at - a.at)[0];
  if (!found) return;
  if (found.key === own) {
    found.key += "~";
    remember(found.key, recall(own));
    remember(own, null);
  }
  const bar = document.createElement("div");
  bar.className = "banner warn draft";
  const text = document.createElement("span"), version = form.dataset.version ?? "";
  text.textContent = `You have unsaved changes from ${new Date(found.at).toLocaleString(undefined, { dateStyle: "medium", timeStyle: "short" })}` +
    (found.version === version ? "." : `, made to version ${found.version}. This is version ${version}.`);
  bar.append(text, button("Restore", () => {
    if ("draftResend" in form.dataset) { resend(form, found); return; }
    fill(form, found.values);
    if (found.version !== version && form.elements.etag) { // saving compares the two
      form.elements.etag.value = found.etag;
      form.elements.version.value = found.version;
    }
    remember(found.key, null);
    bar.remove();
    changed();
    form.dispatchEvent(new CustomEvent("draft-restored"));
    say("Restored.");
  }), button("Discard", () => { remember(found.key, null); bar.remove(); }));
  form.prepend(bar);
}

function button(label, run) {
  const b = document.createElement("button");
  b.type = "button";
  b.className = "btn small";
  b.textContent = label;
  b.addEventListener("click", run);
  return b;
}

function valuesOf(form) {
  const values = {};
  for (const [name, value] of new FormData(form)) if (!plumbing.includes(name)) (values[name] ??= []).push(value);
  return values;
}

// resend has the server show a draft whose form may have other rows than the one on the
// screen.
function resend(form, found) {
  const post = document.createElement("form");
  post.method = "post";
  post.action = form.action;
  const values = { ...found.values, etag: [found.etag ?? ""], version: [found.version], do: ["update"] };
  for (const [name, list] of Object.entries(values)) {
    for (const value of list) {
      const field = document.createElement("textarea"); // an input would drop line ends
      field.name = name;
      field.value = value;
      post.append(field);
    }
  }
  post.hidden = true;
  document.body.append(post);
  remember(found.key, null);
  post.submit();
}

function fill(form, values) {
  const left = structuredClone(values);
  for (const el of form.elements) {
    if (!el.name || plumbing.includes(el.name) || el.type === "submit") continue;
    const was = `${el.checked} ${el.value}`, fold = el.closest("details.group");
    if (el.type === "checkbox" || el.type === "radio") el.checked = values[el.name]?.includes(el.value) ?? false;
    else if (left[el.name]?.length) el.value = left[el.name].shift();
    if (fold && was !== `${el.checked} ${el.value}`) fold.open = true; // what is restored can be seen
  }
}
