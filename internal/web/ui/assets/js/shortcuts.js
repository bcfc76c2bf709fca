// The palette, the help sheet, the theme and the shortcuts of every page.
import { recall, remember } from "./store.js";

// place returns where the menu's shortcut leads: "g b", or "c".
function place(keys) { return document.querySelector(`.side a[data-keys="${CSS.escape(keys)}"]`)?.getAttribute("href"); }

export function shortcuts() {
  for (const b of document.querySelectorAll("[data-open]")) b.addEventListener("click", () => open(b.dataset.open));
  for (const d of document.querySelectorAll("dialog")) {
    d.addEventListener("click", (e) => { if (e.target === d) d.close(); });
  }
  palette();
  preferences();
  document.addEventListener("keydown", onKey);
}

function open(id) {
  const d = document.getElementById(id);
  if (!d.open) d.showModal();
  if (id === "palette") reset();
}

function singleKeys() { return recall("single-keys") !== "off"; }

let pending = 0;

// afterKeyG reports whether the next key is the second of a shortcut such as "g e".
export function afterKeyG() { return pending !== 0; }

function onKey(e) {
  const typing = e.target.closest?.("input, textarea, select, [contenteditable]");
  if ((e.ctrlKey || e.metaKey) && e.key.toLowerCase() === "k" && e.target.tagName !== "TEXTAREA") {
    e.preventDefault();
    open("palette");
    return;
  }
  if (typing || e.ctrlKey || e.metaKey || e.altKey || e.defaultPrevented || !singleKeys() || document.querySelector("dialog[open]")) return;
  const to = (pending && place(`g ${e.key}`)) || place(e.key);
  clearTimeout(pending);
  pending = 0;
  if (to) { location.href = to; return; }
  if (e.key === "g") {
    pending = setTimeout(() => { pending = 0; }, 1200);
  } else if (e.key === "?") {
    open("help");
  } else if (e.key === "/") {
    const field = document.querySelector("[data-slash]");
    if (field) { e.preventDefault(); field.focus(); field.select(); }
  } else if (e.key === "j" || e.key === "k") {
    walk(e.key === "j" ? 1 : -1);
  }
}

// walk moves through the rows of a list.
function walk(step) {
  const links = [...document.querySelectorAll("tbody tr td:first-child a, .cap > a")];
  if (!links.length) return;
  const i = links.indexOf(document.activeElement);
  links[Math.max(0, Math.min(links.length - 1, i + step))].focus();
}

let options = [], chosen = 0, asked = 0;

function palette() {
  const d = document.getElementById("palette"), input = document.getElementById("palette-input");
  input.addEventListener("input", show);
  input.addEventListener("keydown", (e) => {
    if (e.key === "ArrowDown" || e.key === "ArrowUp") {
      e.preventDefault();
      choose(chosen + (e.key === "ArrowDown" ? 1 : -1));
    } else if (e.key === "Enter") {
      e.preventDefault();
      if (options[chosen]) go(options[chosen]);
    } else if (e.key === "Escape") {
      e.preventDefault(); // a search field would only be emptied
      d.close();
    }
  });
  d.addEventListener("click", (e) => { const li = e.target.closest("li"); if (li) go(li); });
}

function reset() {
  const input = document.getElementById("palette-input");
  input.value = "";
  show();
  input.focus();
}

function show() {
  const list = document.getElementById("palette-list"), q = document.getElementById("palette-input").value.trim().toLowerCase();
  for (const li of list.querySelectorAll("[data-typed]")) li.remove();
  const all = [...list.children];
  for (const li of all) li.hidden = q !== "" && !q.split(/\s+/).every((w) => li.textContent.toLowerCase().includes(w));
  if (/^#?\d+$/.test(q)) {
    const n = q.replace("#", "");
    list.prepend(typed(`Open item ${n}`, `/content/${n}`), typed(`Open execution ${n}`, `/executions/${n}`));
  }
  listed();
  choose(0);
  clearTimeout(asked);
  if (q.length > 1) asked = setTimeout(() => items(q), 150);
}

function listed() {
  options = [...document.getElementById("palette-list").children].filter((li) => !li.hidden);
  document.querySelector(".palette-none").hidden = options.length > 0;
}

// items lists items that have the words in title or text, after what the page knows.
async function items(q) {
  const input = document.getElementById("palette-input"), list = document.getElementById("palette-list");
  let found;
  try {
    const answer = await fetch("/find?" + new URLSearchParams({ q }), { headers: { Accept: "application/json" } });
    if (!answer.ok) return;
    found = await answer.json();
  } catch { return; } // no server, no items: the pages are still listed
  if (input.value.trim().toLowerCase() !== q) return;
  for (const { title, path, where } of found.slice(0, 6)) {
    if ([...list.children].some((li) => li.dataset.go === path)) continue;
    const li = typed(title, path);
    li.append(Object.assign(document.createElement("small"), { textContent: where }));
    list.append(li);
  }
  listed();
  choose(chosen);
  const n = options.length; // the dialog has a region of its own: those outside are silent
  document.getElementById("palette-say").textContent = n === 0 ? "No results." : n === 1 ? "1 result." : `${n} results.`;
}

function typed(text, href) {
  const li = document.createElement("li");
  li.role = "option";
  li.id = "p-" + href.replace(/\W/g, "-");
  li.dataset.typed = "";
  li.dataset.go = href;
  li.append(Object.assign(document.createElement("span"), { textContent: text }));
  return li;
}

function choose(i) {
  chosen = Math.max(0, Math.min(options.length - 1, i));
  for (const li of document.querySelectorAll("#palette-list li")) li.setAttribute("aria-selected", "false");
  const li = options[chosen], input = document.getElementById("palette-input");
  if (!li) { input.removeAttribute("aria-activedescendant"); return; }
  li.setAttribute("aria-selected", "true");
  li.scrollIntoView({ block: "nearest" });
  input.setAttribute("aria-activedescendant", li.id);
}

function go(li) {
  document.getElementById("palette").close();
  if (li.dataset.go) location.href = li.dataset.go;
  else if (li.dataset.act === "help") open("help");
  else if (li.dataset.act === "theme") {
    const dark = getComputedStyle(document.documentElement).colorScheme === "dark" ||
      (!document.documentElement.dataset.theme && matchMedia("(prefers-color-scheme: dark)").matches);
    setTheme(dark ? "light" : "dark");
  }
}

function preferences() {
  const now = recall("theme") ?? "system";
  for (const r of document.querySelectorAll("#theme-choice input")) {
    r.checked = r.value === now;
    r.addEventListener("change", () => setTheme(r.value));
  }
  const single = document.getElementById("single-keys");
  single.checked = singleKeys();
  single.addEventListener("change", () => remember("single-keys", single.checked ? null : "off"));
}

function setTheme(theme) {
  remember("theme", theme === "system" ? null : theme);
  if (theme === "system") delete document.documentElement.dataset.theme;
  else document.documentElement.dataset.theme = theme;
  for (const r of document.querySelectorAll("#theme-choice input")) r.checked = r.value === theme;
}
