// Forms: one post for one click, and a check of the session before a text is posted.
import { warn } from "./toast.js";

export function forms() {
  for (const form of document.querySelectorAll("form[data-keep]")) form.addEventListener("submit", (e) => check(form, e));
  document.addEventListener("submit", send); // after the form's own listeners
  addEventListener("pageshow", (e) => { if (e.persisted) renew(); });
}

// send lets a form go once, and shows that it is under way.
function send(e) {
  const form = e.target;
  if (e.defaultPrevented || form.method !== "post") return;
  if ("sent" in form.dataset) { e.preventDefault(); return; }
  form.dataset.sent = "";
  e.submitter?.setAttribute("aria-busy", "true");
  setTimeout(() => free(form), 15000); // nothing came back: the person may try again
}

function free(form) {
  delete form.dataset.sent;
  for (const b of form.querySelectorAll("[aria-busy]")) b.removeAttribute("aria-busy");
}

// renew prepares the forms of a page that Back has brought: what they send is a new post.
function renew() {
  for (const form of document.forms) {
    free(form);
    const once = form.elements.once;
    if (once) once.value = [...crypto.getRandomValues(new Uint8Array(16))].map((n) => n.toString(16).padStart(2, "0")).join("");
  }
}

// check posts the form only where the server will take it: a page in its place would
// take the text off the screen.
async function check(form, e) {
  if ("checked" in form.dataset) { delete form.dataset.checked; return; }
  e.preventDefault();
  if ("checking" in form.dataset) return;
  form.dataset.checking = "";
  e.submitter?.setAttribute("aria-busy", "true");
  const answer = await fetch("/session", { headers: { Accept: "application/json" } }).catch(() => null);
  delete form.dataset.checking;
  e.submitter?.removeAttribute("aria-busy");
  if (answer?.ok) {
    form.querySelector(".signed-out")?.remove();
    form.dataset.checked = "";
    form.requestSubmit(e.submitter);
    delete form.dataset.checked;
    return;
  }
  notice(form, answer?.status === 401
    ? "You’re signed out, so this was not saved. Your text stays here. Sign in with a link in another tab, then try again."
    : "Can’t reach the server, so this was not saved. Your text stays here. Try again in a moment.");
}

function notice(form, text) {
  form.querySelector(".signed-out")?.remove();
  const p = document.createElement("p");
  p.className = "banner bad signed-out";
  p.textContent = text;
  form.prepend(p);
  warn(text);
}
