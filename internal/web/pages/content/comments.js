// The comments of an item: they refresh when somebody comments, and a selection in the
// text becomes the passage of the next comment.
import { refresh } from "../../js/refresh.js";

const section = document.getElementById("comments");
const form = document.getElementById("comment-form");

export function comments() {
  if (!section) return;
  section.refreshPath = () => section.dataset.comments;
  const id = document.querySelector("main[data-item]").dataset.item;
  document.addEventListener("live-item", (e) => {
    if (String(e.detail.content) !== id || !/^(content\.commented|comment\.)/.test(e.detail.name)) return;
    if (section.querySelector(".comment-edit[open]")) return; // somebody writes in there
    refresh(section);
  });
  if (form) quoting();
}

// words are what the server looks for, whatever signs stand between them.
const words = (text) => text.match(/[\p{L}\p{N}]+/gu) ?? [];

function quoting() {
  const button = document.getElementById("comment-on"), article = document.querySelector("article.prose");
  if (!article) return;
  let picked = null;
  document.addEventListener("selectionchange", () => {
    const s = getSelection(), r = s.rangeCount && !s.isCollapsed ? s.getRangeAt(0) : null;
    const inside = r && article.contains(r.commonAncestorContainer) && words(r.toString()).length > 0 && follows(r);
    button.hidden = !inside;
    if (!inside) return;
    picked = r.cloneRange();
    const box = r.getBoundingClientRect();
    button.style.top = `${Math.min(box.bottom + 6, innerHeight - 60)}px`;
    button.style.left = `${Math.max(8, Math.min(box.left, innerWidth - 170))}px`;
  });
  addEventListener("scroll", () => { button.hidden = true; }, { passive: true });
  button.addEventListener("mousedown", (e) => e.preventDefault()); // the selection stays
  button.addEventListener("click", () => {
    form.elements.quote.value = picked.toString().replace(/\s+/g, " ").trim().slice(0, 2000);
    form.elements.nth.value = before(picked);
    button.hidden = true;
    getSelection().removeAllRanges();
    form.elements.body.focus();
    form.scrollIntoView({ block: "center" });
  });
  form.elements.quote.addEventListener("input", () => { form.elements.nth.value = 0; });

  // follows reports whether a range is in the text, which begins after the byline.
  function follows(r) {
    const byline = article.querySelector(".byline");
    const after = byline.compareDocumentPosition(r.startContainer) & Node.DOCUMENT_POSITION_FOLLOWING;
    return Boolean(after) && !byline.contains(r.startContainer);
  }

  // before counts how often the same words stand in the text before a range.
  function before(r) {
    const rest = document.createRange();
    rest.setStartAfter(article.querySelector(".byline"));
    rest.setEnd(r.startContainer, r.startOffset);
    const pattern = new RegExp(words(r.toString()).join("[^\\p{L}\\p{N}]+"), "gu");
    return (rest.toString().match(pattern) ?? []).length;
  }
}
