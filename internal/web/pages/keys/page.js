// The page that shows a key once: loading it again must not create another key, and
// leaving it before the key was copied asks first.
const box = document.querySelector("[data-once]");
if (box) once();

function once() {
  history.replaceState(null, "", "/settings/api-keys");
  let safe = false;
  box.addEventListener("click", (e) => { if (e.target.closest(".copy, a")) safe = true; });
  document.addEventListener("copy", () => { safe = true; });
  addEventListener("beforeunload", (e) => { if (!safe) e.preventDefault(); });
  box.querySelector("#secret")?.addEventListener("focus", (e) => e.target.select());
}
