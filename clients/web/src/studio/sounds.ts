/** Sounds of the server in the page: fetched once, played one at a time, and decoded to be drawn. */

import { signal } from "@preact/signals";

import type { StudioServer } from "./server";
import type { Recording } from "./types";

/** How many sounds stay at hand; clips weigh some hundred kilobytes. */
const KEPT = 40;
/** Enough to see a waveform, and an eighth of the memory. */
export const DRAWN_HZ = 8000;
/** Beyond it a phone might run out of memory. */
const LONGEST_DRAWN_S = 30 * 60;
const LARGEST_DRAWN_BYTES = 200 << 20;

/** Whether a recording is better heard in parts, and not drawn. */
export function isTooLarge({ duration, file_size }: Recording): boolean {
  return (duration ?? 0) > LONGEST_DRAWN_S || file_size > LARGEST_DRAWN_BYTES;
}

export class Sounds {
  /** What is heard: the path of the sound, and the part that was asked for; "" is silence. */
  readonly playing = signal("");
  readonly positionS = signal(0);
  /** What could not be played last. */
  readonly failed = signal("");
  private readonly audio = new Audio();
  private readonly urls = new Map<string, string>();
  /** Too large to be held: the browser's player asks for the parts that it needs. */
  private readonly streamed = new Set<string>();
  private untilS = Number.POSITIVE_INFINITY;
  private asked = 0;

  constructor(private readonly server: StudioServer) {
    this.audio.addEventListener("timeupdate", () => this.moved());
    this.audio.addEventListener("ended", () => (this.playing.value = ""));
  }

  /** Plays it from there, or stops it if it is what is being played. key: tells parts of one sound apart. */
  async toggle(path: string, fromS = 0, toS = Number.POSITIVE_INFINITY, key = path): Promise<void> {
    if (this.playing.value === key) return this.stop();
    await this.play(path, fromS, toS, key);
  }

  async play(path: string, fromS = 0, toS = Number.POSITIVE_INFINITY, key = path): Promise<void> {
    const asked = ++this.asked;
    this.audio.pause();
    this.playing.value = key;
    this.failed.value = "";
    try {
      const url = await this.urlOf(path);
      if (asked !== this.asked) return;
      if (this.audio.src !== url) this.audio.src = url;
      this.audio.currentTime = fromS;
      this.untilS = toS;
      this.positionS.value = fromS;
      await this.audio.play();
    } catch {
      // Another sound, or none, was wished for meanwhile; anything else is told.
      if (asked !== this.asked) return;
      this.playing.value = "";
      this.failed.value = key;
    }
  }

  stop(): void {
    this.asked++;
    this.audio.pause();
    this.playing.value = "";
  }

  /** Mono at a low rate, for a drawing. Rejects for what the browser cannot decode. */
  async drawn(path: string, stop: AbortSignal): Promise<Float32Array> {
    const file = await (await this.server.sound(path, stop)).arrayBuffer();
    const decoded = await new OfflineAudioContext(1, 1, DRAWN_HZ).decodeAudioData(file);
    return decoded.getChannelData(0);
  }

  /** A sound that the browser has already, e.g. one that was just recorded. */
  put(path: string, sound: Blob): void {
    this.keep(path, URL.createObjectURL(sound));
  }

  stream(path: string): void {
    this.streamed.add(path);
  }

  /** After files below that path may have changed. */
  forgetBelow(path: string): void {
    for (const [kept, url] of this.urls) if (kept.startsWith(path) && url !== this.audio.src) this.forget(kept);
  }

  /** After a file of this name has changed. */
  forget(path: string): void {
    const url = this.urls.get(path);
    if (url) URL.revokeObjectURL(url);
    this.urls.delete(path);
  }

  private moved(): void {
    this.positionS.value = this.audio.currentTime;
    if (this.audio.currentTime >= this.untilS) this.stop();
  }

  private async urlOf(path: string): Promise<string> {
    if (this.streamed.has(path)) return this.server.address(path);
    const kept = this.urls.get(path);
    if (kept) return kept;
    const url = URL.createObjectURL(await this.server.sound(path));
    this.keep(path, url);
    return url;
  }

  private keep(path: string, url: string): void {
    this.forget(path);
    this.urls.set(path, url);
    const [oldest] = this.urls.keys();
    if (this.urls.size > KEPT && oldest !== undefined) this.forget(oldest);
  }
}
