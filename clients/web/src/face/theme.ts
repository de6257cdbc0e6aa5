/** Light or dark: as chosen, else as the system has it. The style sheet knows only which of the two. */

import { computed, effect, signal } from "@preact/signals";

import type { KeptSettings } from "./settings";

export function followTheme(settings: KeptSettings): void {
  const system = window.matchMedia("(prefers-color-scheme: dark)");
  const isSystemDark = signal(system.matches);
  system.addEventListener("change", () => {
    isSystemDark.value = system.matches;
  });
  const theme = computed(() => {
    const chosen = settings.now.value.theme;
    return chosen === "auto" ? (isSystemDark.value ? "dark" : "light") : chosen;
  });
  effect(() => {
    document.documentElement.dataset.theme = theme.value;
  });
}
