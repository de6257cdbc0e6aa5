/** The microphone as its button works it: hands-free or held, this device or that, the server or the browser. */

import { signal } from "@preact/signals";

import { BrowserRecognition } from "../sound/browser_recognition";
import {
  type InputDevice,
  Microphone,
  type MicrophoneState,
  inputDevices,
  microphoneStateNow,
} from "../sound/microphone";
import type { Conversation } from "../talk/conversation";
import type { Sentence } from "../talk/types";
import { KeptLevels, loudness } from "./levels";
import type { KeptSettings, Settings } from "./settings";

/** A held microphone is given back after so long without being held. */
const IDLE_MS = 60_000;
const WORKLET = "/web/worklet.js";

export class MicrophoneControl {
  readonly state = signal<MicrophoneState>(microphoneStateNow());
  readonly isOn = signal(false);
  readonly isHeld = signal(false);
  readonly devices = signal<readonly InputDevice[]>([]);
  readonly levels = new KeptLevels();
  private readonly microphone: Microphone;
  private substitute: BrowserRecognition | null = null;
  /** "" while the server recognises. */
  private substituteLanguage = "";
  private idle: number | undefined;

  constructor(
    private readonly conversation: Conversation,
    private readonly settings: KeptSettings,
    private readonly unlockSound: () => Promise<void>,
    private readonly onTrouble: (trouble: Sentence) => void,
  ) {
    this.microphone = new Microphone((frame) => this.take(frame), (state) => this.changed(state), WORKLET);
  }

  async toggle(): Promise<void> {
    if (this.isOn.value) this.close();
    else await this.open();
  }

  async hold(): Promise<void> {
    if (this.isHeld.value) return;
    this.isHeld.value = true;
    clearTimeout(this.idle);
    if (!this.isOn.value) await this.open();
    // The permission may have taken longer than the finger stayed.
    if (this.isOn.value && this.isHeld.value) this.conversation.hold();
    else this.isHeld.value = false;
  }

  release(): void {
    if (!this.isHeld.value) return;
    this.isHeld.value = false;
    this.conversation.release();
    this.idle = window.setTimeout(() => this.close(), IDLE_MS);
  }

  close(): void {
    clearTimeout(this.idle);
    this.isOn.value = false;
    this.conversation.listen(false);
    this.microphone.close();
    this.substitute?.stop();
    this.levels.clear();
  }

  /** Who recognises, as the user has agreed to. */
  follow(settings: Settings, isDeaf: boolean, reader: "en" | "zh"): void {
    const wantsBrowser = isDeaf && settings.browserHears && BrowserRecognition.isOffered;
    const language = wantsBrowser ? spokenLanguage(settings, reader) : "";
    if (language === this.substituteLanguage) return;
    this.substituteLanguage = language;
    this.substitute?.stop();
    this.substitute = language ? new BrowserRecognition(language, this.onTrouble) : null;
    this.conversation.recogniser = this.substitute;
    if (this.isOn.value) this.substitute?.start();
  }

  /** After another device or echo setting was chosen. */
  async reopen(): Promise<void> {
    if (!this.isOn.value) return;
    this.microphone.close();
    await this.open();
  }

  private async open(): Promise<void> {
    const { device, cancelsEcho } = this.settings.now.value;
    await this.unlockSound();
    await this.microphone.open({ deviceId: device, echoCancellation: cancelsEcho });
  }

  private take(frame: Float32Array): void {
    this.levels.add(loudness(frame));
    this.conversation.hear(frame);
  }

  private changed(state: MicrophoneState): void {
    this.state.value = state;
    if (state.kind === "open") void this.opened();
  }

  /** Also after a device that was missing has been plugged in. */
  private async opened(): Promise<void> {
    this.isOn.value = true;
    this.substitute?.start();
    this.conversation.listen(true);
    // Devices have names only once the microphone was allowed.
    this.devices.value = await inputDevices();
  }
}

function spokenLanguage(settings: Settings, reader: "en" | "zh"): string {
  const names: Record<string, string> = { zh: "zh-CN", en: "en-US", ja: "ja-JP", ko: "ko-KR", yue: "zh-HK" };
  return names[settings.speechLanguage] ?? names[reader] ?? "en-US";
}
