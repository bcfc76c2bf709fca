// marks connects each finding in the margin with its place in the text.
export function marks() {
  const light = (n) => {
    for (const el of document.querySelectorAll("mark.find, .finding")) el.classList.toggle("lit", el.dataset.finding === n);
  };
  document.addEventListener("pointerover", (e) => {
    const el = e.target.closest?.("mark.find, .finding[data-finding]");
    if (el) light(el.dataset.finding);
  });
  document.addEventListener("click", (e) => {
    if (e.target.closest?.("a")) return;
    const mark = e.target.closest?.("mark.find"), card = e.target.closest?.(".rail .finding");
    const to = mark ? document.getElementById(`finding-${mark.dataset.finding}`)
      : card && document.querySelector(`mark.find[data-finding="${card.dataset.finding}"]`);
    const calm = matchMedia("(prefers-reduced-motion: reduce)").matches;
    to?.scrollIntoView({ block: "center", behavior: calm ? "auto" : "smooth" });
  });
}
