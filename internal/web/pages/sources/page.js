// Files, texts and addresses can be dropped or pasted anywhere on the page of the list, several files at once. Each
// becomes a source of its own, or says what is wrong with it; one that fails stops none of the others.
const zone = document.querySelector("[data-drop]");
if (zone) {
  const list = zone.querySelector("ol");
  zone.hidden = false;
  let queue = Promise.resolve();

  const add = (label, fields) => {
    const row = document.createElement("li");
    const name = document.createElement("span");
    name.dir = "auto";
    name.textContent = label;
    const state = document.createElement("span");
    state.className = "faint";
    state.textContent = "Waiting";
    row.append(name, " ", state);
    list.append(row);
    queue = queue.then(() => send(name, state, row, fields));
  };

  const send = async (name, state, row, fields) => {
    state.textContent = "Reading…";
    const form = new FormData();
    form.append("once", crypto.getRandomValues(new Uint32Array(6)).join("-"));
    for (const [field, value] of Object.entries(fields)) form.append(field, value);
    try {
      const response = await fetch("/sources", { method: "POST", body: form });
      const page = new DOMParser().parseFromString(await response.text(), "text/html");
      if (response.ok && response.redirected) {
        const link = document.createElement("a");
        link.href = response.url;
        link.dir = "auto";
        link.textContent = page.querySelector("h1")?.textContent || name.textContent;
        name.replaceWith(link);
        state.textContent = "Added";
        return;
      }
      const faults = [...page.querySelectorAll(".banner.bad li, .banner.bad")].map((e) => e.textContent.trim());
      state.textContent = faults[0] || "It was not added. Try again.";
    } catch {
      state.textContent = "The server cannot be reached. Try again.";
    }
    state.className = "err";
    row.classList.add("bad");
  };

  const take = (data) => {
    const files = [...data.files];
    for (const file of files) add(file.name, { file });
    if (files.length > 0) return true;
    const text = data.getData("text/plain").trim();
    if (!text) return false;
    if (/^https?:\/\/\S+$/.test(text)) add(text, { url: text });
    else add(text.slice(0, 60), { text });
    return true;
  };
  const writes = (e) => e.target.closest?.("input, textarea, [contenteditable]");

  document.addEventListener("paste", (e) => {
    if (!writes(e) && take(e.clipboardData)) e.preventDefault();
  });
  document.addEventListener("dragover", (e) => {
    if (writes(e)) return;
    e.preventDefault();
    zone.classList.add("over");
  });
  document.addEventListener("dragleave", (e) => {
    if (!e.relatedTarget) zone.classList.remove("over");
  });
  document.addEventListener("drop", (e) => {
    zone.classList.remove("over");
    if (!writes(e) && take(e.dataTransfer)) e.preventDefault();
  });
}
