// Before the first paint: the theme that was chosen, if one was.
try {
  const chosen = localStorage.getItem("imaging360.theme");
  if (chosen === "light" || chosen === "dark") document.documentElement.dataset.theme = chosen;
} catch {
  // Storage can be forbidden; then the system's theme it is.
}
