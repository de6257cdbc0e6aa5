/** The conversation as the browser keeps it: texts and sound, in IndexedDB, so that a reload loses nothing. */

import type { Message, Sound } from "../talk/types";
import type { TurnLine } from "./transcript";

export interface KeptConversation {
  readonly turns: readonly TurnLine[];
  readonly history: readonly Message[];
}

/** One sound of a turn. place orders them: the user's recording is -1, the parts of the answer count from 0. */
export interface KeptSound extends Sound {
  readonly line: number;
  readonly place: number;
  /** The piece that this is part of; null for the user's recording. */
  readonly piece: number | null;
}

const NAME = "yinliu";
const CURRENT = "current";

/** Each method rejects where the browser keeps nothing (private windows, a full disk). */
export class Archive {
  private opened: Promise<IDBDatabase> | null = null;

  async load(): Promise<KeptConversation | null> {
    const texts = (await this.open()).transaction("texts").objectStore("texts");
    return (await finished<KeptConversation | undefined>(texts.get(CURRENT))) ?? null;
  }

  async save(conversation: KeptConversation): Promise<void> {
    await finished((await this.writing("texts")).put(conversation, CURRENT));
  }

  async addSound(sound: KeptSound): Promise<void> {
    await finished((await this.writing("sounds")).put(sound, [sound.line, sound.place]));
  }

  /** Every sound in the order of the conversation. */
  async sounds(): Promise<KeptSound[]> {
    const sounds = (await this.open()).transaction("sounds").objectStore("sounds");
    return finished<KeptSound[]>(sounds.getAll());
  }

  async clear(): Promise<void> {
    await finished((await this.writing("texts")).clear());
    await finished((await this.writing("sounds")).clear());
  }

  private async writing(store: "texts" | "sounds"): Promise<IDBObjectStore> {
    return (await this.open()).transaction(store, "readwrite").objectStore(store);
  }

  private open(): Promise<IDBDatabase> {
    this.opened ??= new Promise((resolve, reject) => {
      const request = indexedDB.open(NAME, 1);
      request.onupgradeneeded = () => {
        request.result.createObjectStore("texts");
        request.result.createObjectStore("sounds");
      };
      request.onsuccess = () => resolve(request.result);
      request.onerror = () => reject(request.error);
    });
    return this.opened;
  }
}

function finished<Result>(request: IDBRequest<Result>): Promise<Result> {
  return new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
}
