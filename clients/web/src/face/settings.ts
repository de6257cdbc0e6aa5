/** What the user has chosen, kept in the browser. */

import { type Signal, signal } from "@preact/signals";

import type { Choices } from "../talk/types";

export interface Settings {
  readonly reader: "auto" | "en" | "zh";
  readonly theme: "auto" | "light" | "dark";
  readonly manner: "free" | "hold";
  readonly duplex: "full" | "half";
  readonly silenceMs: number;
  /** The browser's id of a microphone; "" is its usual one. */
  readonly device: string;
  readonly cancelsEcho: boolean;
  /** "" means: as the server has it, for each of the next four. */
  readonly character: string;
  readonly voice: string;
  readonly speechLanguage: string;
  readonly model: string;
  readonly speed: number;
  readonly temperature: number | null;
  /** null is the page's usual prompt. */
  readonly system: string | null;
  readonly keepsRecordings: boolean;
  /** Whether the user agreed that the browser's maker hears them. */
  readonly browserHears: boolean;
}

export const USUAL: Settings = {
  reader: "auto",
  theme: "auto",
  manner: "free",
  duplex: "full",
  silenceMs: 500,
  device: "",
  cancelsEcho: true,
  character: "",
  voice: "",
  speechLanguage: "",
  model: "",
  speed: 1,
  temperature: null,
  system: null,
  keepsRecordings: false,
  browserHears: false,
};

const SETTINGS_KEY = "yinliu.settings";
const TOKEN_KEY = "yinliu.token";

/** The choices, and the token; a browser that keeps nothing has the usual ones each time. */
export class KeptSettings {
  readonly now: Signal<Settings>;
  readonly token: Signal<string>;

  constructor(private readonly storage: Storage | null) {
    this.now = signal(this.read());
    this.token = signal(this.get(TOKEN_KEY) ?? "");
  }

  change(changes: Partial<Settings>): void {
    this.now.value = { ...this.now.value, ...changes };
    this.put(SETTINGS_KEY, JSON.stringify(this.now.value));
  }

  setToken(token: string): void {
    this.token.value = token;
    this.put(TOKEN_KEY, token);
  }

  private read(): Settings {
    try {
      return merged(JSON.parse(this.get(SETTINGS_KEY) ?? "{}"));
    } catch {
      return USUAL;
    }
  }

  private get(key: string): string | null {
    return this.storage?.getItem(key) ?? null;
  }

  private put(key: string, value: string): void {
    try {
      this.storage?.setItem(key, value);
    } catch {
      // A full or forbidden storage only means that the next visit begins with the usual choices.
    }
  }
}

/** The browser's storage, or null where it is forbidden: merely asking for it may throw. */
export function browserStorage(): Storage | null {
  try {
    return window.localStorage;
  } catch {
    return null;
  }
}

/** What a choice may be, where its type does not say it. */
const ALLOWED: Readonly<Partial<Record<string, readonly unknown[]>>> = {
  reader: ["auto", "en", "zh"],
  theme: ["auto", "light", "dark"],
  manner: ["free", "hold"],
  duplex: ["full", "half"],
};

/** Kept choices of a right kind over the usual ones, so that an older or broken record harms nothing. */
export function merged(kept: unknown): Settings {
  if (typeof kept !== "object" || kept === null) return USUAL;
  const usual: Record<string, unknown> = { ...USUAL };
  for (const [name, value] of Object.entries(kept)) {
    if (isAllowed(name, value)) usual[name] = value;
  }
  return usual as unknown as Settings;
}

/** Changes that let go of what the server does not offer any more; a request for it would only be refused. */
export function withdrawn(settings: Settings, { characters, voices, llm }: Choices): Partial<Settings> {
  const lacks = (names: readonly string[], name: string): boolean => name !== "" && !names.includes(name);
  return {
    ...(lacks(characters.map(({ name }) => name), settings.character) ? { character: "" } : {}),
    ...(lacks(voices, settings.voice) ? { voice: "" } : {}),
    // The models are not known before the engine is ready, and some engines have only one.
    ...(llm.models.length > 0 && lacks(llm.models, settings.model) ? { model: "" } : {}),
  };
}

function isAllowed(name: string, value: unknown): boolean {
  if (name === "temperature") return value === null || Number.isFinite(value);
  if (name === "system") return value === null || typeof value === "string";
  if (name in ALLOWED) return ALLOWED[name]?.includes(value) ?? false;
  const usual = USUAL[name as keyof Settings];
  return typeof value === typeof usual && (typeof value !== "number" || Number.isFinite(value));
}
