// Light or dark: the system's choice until the user makes his own.

const KEY = "jatify.theme";

export const CHOICES = { system: "As the system", light: "Light", dark: "Dark" };

export function theme() {
  const kept = localStorage.getItem(KEY);
  return kept in CHOICES ? kept : "system";
}

export function choose(name) {
  localStorage.setItem(KEY, name);
  apply();
}

export function apply() {
  document.documentElement.dataset.theme = theme();
}

apply();

// Chosen in one window, it is so in all.
window.addEventListener("storage", (event) => {
  if (event.key === KEY || event.key === null) apply();
});
