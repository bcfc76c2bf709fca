// Toasts, and the two regions that announce messages to screen readers.
export function say(text) {
  const el = document.getElementById("say");
  el.textContent = "";
  requestAnimationFrame(() => { el.textContent = text; });
}

export function warn(text) {
  const el = document.getElementById("alert");
  el.textContent = "";
  requestAnimationFrame(() => { el.textContent = text; });
}

// toast shows a message, with an action and a link if given. It stays while the
// pointer or the focus is in it.
export function toast(text, { bad = false, action = null, link = null, ms = 8000 } = {}) {
  for (const old of document.querySelectorAll(".toast")) old.remove();
  const box = document.createElement("div");
  box.className = bad ? "toast bad" : "toast";
  const p = document.createElement("p");
  p.textContent = text;
  box.append(p);
  if (action) box.append(button(action.label, () => { box.remove(); action.run(); }));
  if (link) {
    const a = document.createElement("a");
    a.href = link.href;
    a.textContent = link.label;
    box.append(a);
  }
  box.append(closer(box));
  document.getElementById("toasts").append(box);
  (bad ? warn : say)(text);
  fade(box, ms);
  return box;
}

export function fade(box, ms) {
  const busy = () => box.matches(":hover") || box.contains(document.activeElement);
  const timer = setInterval(() => {
    ms -= 250;
    if (!box.isConnected) clearInterval(timer);
    else if (ms <= 0 && !busy()) { clearInterval(timer); box.remove(); }
  }, 250);
}

export function closer(box) {
  const b = button("×", () => box.remove());
  b.setAttribute("aria-label", "Close");
  b.className = "closer";
  return b;
}

function button(label, run) {
  const b = document.createElement("button");
  b.type = "button";
  b.textContent = label;
  b.addEventListener("click", run);
  return b;
}
