/** The browser's own recogniser in place of the server's. It listens by itself, beside our microphone. */

import type { Recognised, Recogniser, Sentence } from "../talk/types";

/** What a user must be told and agree to before it is used. */
export const WHO_HEARS: Sentence = {
  english: "The browser's own recognition may send what you say to the browser's maker: it then leaves your machines.",
  chinese: "浏览器自带的语音识别可能会把您说的话发送给浏览器厂商，不再只留在您的电脑和服务器上。",
};

/** How long a final text is waited for after the end of speech; then what there is counts. */
const FINAL_MS = 1500;
const LOOK_MS = 50;
/** Browsers end a recognition after some silence, and refuse a new one at once. */
const AGAIN_MS = 250;

/** As much of the interface as is used here; no browser's type library has it. */
interface Recognition {
  lang: string;
  continuous: boolean;
  interimResults: boolean;
  onresult: ((event: ResultEvent) => void) | null;
  onend: (() => void) | null;
  onerror: ((event: { readonly error: string }) => void) | null;
  start(): void;
  abort(): void;
}

interface ResultEvent {
  readonly results: ArrayLike<ArrayLike<{ readonly transcript: string }> & { readonly isFinal: boolean }>;
}

/** Texts since the last utterance was handed over. */
export class BrowserRecognition implements Recogniser {
  private recognition: Recognition | null = null;
  private isWanted = false;
  private results: ResultEvent["results"] = [];
  /** How many results belong to utterances that are over. */
  private taken = 0;
  /** What a recognition that has ended left of the utterance under way. */
  private earlier = "";

  /** language: of what will be said, as in "zh-CN". */
  constructor(
    private readonly language: string,
    private readonly onTrouble: (trouble: Sentence) => void = () => undefined,
  ) {}

  /** Whether this browser has one. */
  static get isOffered(): boolean {
    return recognitionOfBrowser() !== null;
  }

  /** Begin and end with the microphone. */
  start(): void {
    this.isWanted = true;
    this.begin();
  }

  stop(): void {
    this.isWanted = false;
    this.earlier = "";
    this.taken = this.results.length;
    this.recognition?.abort();
    this.recognition = null;
  }

  async hear(_recording: Uint8Array, isOver: boolean, signal: AbortSignal): Promise<Recognised> {
    for (let waitedMs = 0; isOver && !this.isSettled() && waitedMs < FINAL_MS && !signal.aborted; waitedMs += LOOK_MS) {
      await new Promise((resolve) => setTimeout(resolve, LOOK_MS));
    }
    const text = this.untaken();
    if (isOver && !signal.aborted) {
      this.taken = this.results.length;
      this.earlier = "";
    }
    return { text, isRejected: false };
  }

  private untaken(): string {
    const heard = Array.from(this.results, (result) => result[0].transcript).slice(this.taken);
    return [this.earlier, ...heard].join("").trim();
  }

  /** Something new was heard, and it is final. */
  private isSettled(): boolean {
    const last = this.results[this.results.length - 1];
    return this.results.length > this.taken ? last.isFinal : this.earlier !== "";
  }

  private begin(): void {
    const make = recognitionOfBrowser();
    if (!make || !this.isWanted || this.recognition) return;
    const recognition = make();
    recognition.lang = this.language;
    recognition.continuous = true;
    recognition.interimResults = true;
    recognition.onresult = ({ results }) => {
      this.results = results;
    };
    recognition.onerror = ({ error }) => this.fail(error);
    recognition.onend = () => this.goOn(recognition);
    this.recognition = recognition;
    this.earlier = this.untaken();
    this.results = [];
    this.taken = 0;
    recognition.start();
  }

  /** Silence ends a recognition; so long as it is wanted, the next begins. */
  private goOn(ended: Recognition): void {
    if (this.recognition !== ended) return;
    setTimeout(() => {
      if (this.recognition === ended) this.recognition = null;
      this.begin();
    }, AGAIN_MS);
  }

  private fail(error: string): void {
    if (error === "no-speech" || error === "aborted") return;
    // Others come again at each attempt; one sentence is enough.
    this.isWanted = false;
    const english = `The browser's recognition failed (${error}); typing works.`;
    this.onTrouble({ english, chinese: `浏览器的语音识别出错（${error}），仍可打字。` });
  }
}

function recognitionOfBrowser(): (() => Recognition) | null {
  const names = window as unknown as Record<string, (new () => Recognition) | undefined>;
  const Made = names.SpeechRecognition ?? names.webkitSpeechRecognition;
  return Made ? () => new Made() : null;
}
