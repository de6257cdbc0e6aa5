/** The microphone as it is, at the browser's own rate: nothing that is made for calls changes the voice. */

import { signal } from "@preact/signals";

import { faultOf, faulty, microphoneStateNow, type MicrophoneState } from "../sound/microphone_state";
import { encodeWav } from "../talk/wav";
import { type LevelHint, LevelMeter } from "./level_hint";

const WORKLET = "/web/worklet.js";
/** Samples wait in memory until the end: eleven megabytes a minute. */
export const LONGEST_S = 10 * 60;

export class Recorder {
  readonly isOn = signal(false);
  readonly trouble = signal<MicrophoneState | null>(null);
  readonly seconds = signal(0);
  readonly peak = signal(0);
  readonly hint = signal<LevelHint>("none");
  private blocks: Float32Array[] = [];
  private context: AudioContext | null = null;
  private stream: MediaStream | null = null;

  /** onFull: called when it has stopped by itself. */
  constructor(private readonly onFull: () => void) {}

  /** deviceId: "" is the browser's choice. */
  async start(deviceId: string): Promise<void> {
    const state = microphoneStateNow();
    if (state.kind !== "closed") return void (this.trouble.value = state);
    this.trouble.value = null;
    try {
      await this.open(deviceId);
      this.isOn.value = true;
    } catch (error) {
      this.close();
      this.trouble.value = faulty(faultOf(error));
    }
  }

  /** What was recorded, as a WAV file; null for less than nothing to hear. */
  stop(): Blob | null {
    const rateHz = this.context?.sampleRate ?? 0;
    this.close();
    const samples = joined(this.blocks);
    this.blocks = [];
    if (samples.length < rateHz / 4 || rateHz === 0) return null;
    return new Blob([new Uint8Array(encodeWav(samples, rateHz))], { type: "audio/wav" });
  }

  close(): void {
    this.isOn.value = false;
    this.stream?.getTracks().forEach((track) => track.stop());
    if (this.context?.state !== "closed") void this.context?.close();
    this.context = null;
    this.stream = null;
  }

  private async open(deviceId: string): Promise<void> {
    const audio = { echoCancellation: false, noiseSuppression: false, autoGainControl: false, channelCount: 1 };
    const device = deviceId ? { deviceId: { ideal: deviceId } } : {};
    this.stream = await navigator.mediaDevices.getUserMedia({ audio: { ...audio, ...device } });
    const context = new AudioContext();
    this.context = context;
    await context.audioWorklet.addModule(WORKLET);
    const node = new AudioWorkletNode(context, "blocks", { channelCount: 1, channelCountMode: "explicit" });
    const meter = new LevelMeter(context.sampleRate);
    this.blocks = [];
    node.port.onmessage = ({ data }: MessageEvent<Float32Array>) => this.take(data, meter);
    context.createMediaStreamSource(this.stream).connect(node).connect(context.destination);
    this.stream.getAudioTracks()[0].addEventListener("ended", () => this.onFull());
    await context.resume();
  }

  private take(block: Float32Array, meter: LevelMeter): void {
    if (!this.isOn.value) return;
    this.blocks.push(block);
    meter.feed(block);
    this.seconds.value = meter.seconds;
    this.peak.value = meter.peak;
    this.hint.value = meter.hint;
    if (meter.seconds >= LONGEST_S) this.onFull();
  }
}

function joined(blocks: readonly Float32Array[]): Float32Array {
  const whole = new Float32Array(blocks.reduce((sum, block) => sum + block.length, 0));
  let at = 0;
  for (const block of blocks) {
    whole.set(block, at);
    at += block.length;
  }
  return whole;
}
