/** Recordings on their way to the server: one at a time, each with its progress, and none lost by a broken line. */

import { signal } from "@preact/signals";

import { ServerTrouble } from "../talk/server_trouble";
import type { Sentence } from "../talk/types";
import type { Found } from "./dropped";
import type { Rules } from "./types";

/** refused: it will not be taken, whatever one does. */
export type UploadState = "waiting" | "sending" | "paused" | "failed" | "refused" | "done";

export interface Upload {
  readonly id: number;
  readonly path: string;
  readonly size: number;
  readonly sent: number;
  readonly state: UploadState;
  readonly trouble: Sentence | null;
}

/** Sends one file; rejects with ServerTrouble, or AbortError when it was stopped. */
export type Send = (found: Found, onSent: (bytes: number) => void, stop: AbortSignal) => Promise<void>;

/** Why a file is not sent on: it is not wanted any more, and what the server has of it can go. */
export const REMOVED = "removed";

export class UploadQueue {
  readonly uploads = signal<readonly Upload[]>([]);
  /** How many files of a folder were left out because they are no recordings. */
  readonly leftOut = signal(0);
  private readonly files = new Map<number, Found>();
  private readonly stops = new Map<number, AbortController>();
  private isBusy = false;
  private next = 1;

  constructor(
    private readonly send: Send,
    private readonly onDone: () => void,
  ) {}

  add(found: readonly Found[], rules: Rules): void {
    const isFolder = found.some(({ path }) => path.includes("/"));
    // A folder holds covers and notes besides; a single file that was chosen deserves a word.
    const wanted = isFolder ? found.filter(({ path }) => isRecording(path, rules)) : found;
    this.leftOut.value = found.length - wanted.length;
    const added = wanted.map((one) => this.entered(one, rules));
    this.uploads.value = [...this.uploads.value, ...added];
    void this.work();
  }

  pause(id: number): void {
    this.change(id, { state: "paused" });
    this.stops.get(id)?.abort();
  }

  /** Also after a failure. */
  resume(id: number): void {
    this.change(id, { state: "waiting", trouble: null });
    void this.work();
  }

  remove(id: number): void {
    this.stops.get(id)?.abort(REMOVED);
    this.files.delete(id);
    this.uploads.value = this.uploads.value.filter((upload) => upload.id !== id);
  }

  clearDone(): void {
    this.uploads.value.filter(({ state }) => state === "done").forEach(({ id }) => this.remove(id));
  }

  get isAtWork(): boolean {
    return this.uploads.value.some(({ state }) => state === "waiting" || state === "sending");
  }

  private entered(found: Found, rules: Rules): Upload {
    const id = this.next++;
    const trouble = faultOf(found, rules);
    this.files.set(id, found);
    return { id, path: found.path, size: found.file.size, sent: 0, state: trouble ? "refused" : "waiting", trouble };
  }

  private async work(): Promise<void> {
    if (this.isBusy) return;
    this.isBusy = true;
    let upload: Upload | undefined;
    while ((upload = this.uploads.value.find(({ state }) => state === "waiting"))) await this.sendOne(upload);
    this.isBusy = false;
  }

  private async sendOne({ id, size }: Upload): Promise<void> {
    const found = this.files.get(id);
    if (!found) return this.remove(id);
    const stop = new AbortController();
    this.stops.set(id, stop);
    this.change(id, { state: "sending" });
    try {
      await this.send(found, (sent) => this.change(id, { sent }), stop.signal);
      this.change(id, { state: "done", sent: size });
      this.files.delete(id);
      this.onDone();
    } catch (error) {
      if (!stop.signal.aborted) this.change(id, { state: "failed", trouble: troubleOf(error) });
    } finally {
      this.stops.delete(id);
    }
  }

  private change(id: number, changes: Partial<Upload>): void {
    this.uploads.value = this.uploads.value.map((upload) => (upload.id === id ? { ...upload, ...changes } : upload));
  }
}

function isRecording(path: string, { extensions }: Rules): boolean {
  return extensions.some((extension) => path.toLowerCase().endsWith(extension));
}

/** What can be told before anything is sent. */
export function faultOf({ file, path }: Found, rules: Rules): Sentence | null {
  const kinds = rules.extensions.map((extension) => extension.slice(1)).join(", ");
  if (!isRecording(path, rules)) {
    return { english: `No recording by its name: choose ${kinds}.`, chinese: `不支持的格式；可用 ${kinds}。` };
  }
  if (file.size === 0) return { english: "The file is empty.", chinese: "文件是空的。" };
  if (file.size <= rules.upload_bytes) return null;
  const mb = Math.floor(rules.upload_bytes / (1 << 20));
  return {
    english: `Larger than the ${mb} MB that the server takes; cut it into parts.`,
    chinese: `超过服务上限 ${mb} MB，请分成几段。`,
  };
}

function troubleOf(error: unknown): Sentence {
  if (error instanceof ServerTrouble) return error;
  return { english: "The file could not be read or sent.", chinese: "文件无法读取或发送。" };
}
