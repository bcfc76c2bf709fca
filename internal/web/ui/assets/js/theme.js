// Runs before the first paint, so that the other theme never flashes.
(function () {
  let theme = null;
  try { theme = localStorage.getItem("theme"); } catch { /* storage is blocked */ }
  if (theme === "light" || theme === "dark") document.documentElement.dataset.theme = theme;
  document.documentElement.classList.add("js");
})();
