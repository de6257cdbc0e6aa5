/** The language that the reader of the page sees. */

import { type ReadonlySignal, computed } from "@preact/signals";

import { type Reader, type Word, inWords } from "../words";
import type { KeptSettings } from "./settings";

export type Say = (word: Word, values?: Readonly<Record<string, string | number>>) => string;

export class Language {
  readonly reader: ReadonlySignal<Reader>;

  constructor(settings: KeptSettings, browserLanguages: readonly string[]) {
    this.reader = computed(() => {
      const chosen = settings.now.value.reader;
      return chosen === "auto" ? readerOf(browserLanguages) : chosen;
    });
  }

  /** A sentence of the page; a component that says one is drawn again when the language changes. */
  readonly say: Say = (word, values) => inWords(this.reader.value, word, values);

  /** The one of a pair that the reader understands. */
  readonly pick = (english: string, chinese: string): string => (this.reader.value === "zh" ? chinese : english);
}

/** The first of the browser's languages that the page speaks. */
export function readerOf(browserLanguages: readonly string[]): Reader {
  for (const language of browserLanguages) {
    if (language.toLowerCase().startsWith("zh")) return "zh";
    if (language.toLowerCase().startsWith("en")) return "en";
  }
  return "en";
}
