// Filtering the catalogue in the browser.
const form = document.querySelector("form[data-local-filter]");

form?.addEventListener("submit", (e) => e.preventDefault());
form?.addEventListener("input", (e) => {
  const q = e.target.value.toLowerCase();
  for (const li of document.querySelectorAll("[data-words]")) li.hidden = !li.dataset.words.toLowerCase().includes(q);
  for (const g of document.querySelectorAll("[data-filtered] > section")) g.hidden = !g.querySelector("[data-words]:not([hidden])");
});
