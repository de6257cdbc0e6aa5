/** The engine room in a real browser, for tests/clients/web/test_talk.py: a page without a face. */

import { BrowserRecognition } from "../src/sound/browser_recognition";
import { inputDevices, Microphone, type MicrophoneState } from "../src/sound/microphone";
import { microphoneStateNow } from "../src/sound/microphone_state";
import { WebPlayer } from "../src/sound/player";
import { FRAME_SAMPLES, loadSilero } from "../src/talk/silero";

/** A player whose sound is recorded before it leaves. */
class RecordedPlayer {
  readonly player = new WebPlayer();
  readonly told: [string, number, number][] = [];
  private readonly blocks: Float32Array[] = [];

  static async open(): Promise<RecordedPlayer> {
    const recorded = new RecordedPlayer();
    const { context, gate } = recorded.insides();
    await context.resume();
    await context.audioWorklet.addModule("worklet.js");
    const recorder = new AudioWorkletNode(context, "blocks");
    recorder.port.onmessage = ({ data }: MessageEvent<Float32Array>) => recorded.blocks.push(data);
    gate.connect(recorder).connect(context.destination);
    const note = (name: string) => (piece: number) => recorded.told.push([name, piece, recorded.nowS()]);
    recorded.player.onStarted = note("started");
    recorded.player.onEnded = note("ended");
    recorded.player.onIdle = () => recorded.told.push(["idle", -1, recorded.nowS()]);
    return recorded;
  }

  get rateHz(): number {
    return this.insides().context.sampleRate;
  }

  nowS(): number {
    return this.insides().context.currentTime;
  }

  /** A tone in parts of so many seconds, as they come from a server. */
  tone(piece: number, seconds: number, partS: number, rateHz: number, hz = 440): void {
    const length = Math.round(seconds * rateHz);
    // Rising and falling softly: a tone that stops short is a click in itself.
    const fade = (i: number): number => Math.sin((Math.PI / 2) * Math.min(1, i / (0.02 * rateHz))) ** 2;
    const whole = Float32Array.from(
      { length },
      (_, i) => 0.5 * fade(i) * fade(length - i) * Math.sin((2 * Math.PI * hz * i) / rateHz),
    );
    const part = Math.round(partS * rateHz);
    for (let at = 0; at < whole.length; at += part) this.player.add(piece, whole.subarray(at, at + part), rateHz);
  }

  /** What was recorded, from its first sound to its last, and the sharpest bend in between. */
  heard(): { seconds: number; bend: number; strength: number; silenceS: number } {
    const samples = this.blocks.flatMap((block) => [...block]);
    const loud = (value: number): boolean => Math.abs(value) > 1e-4;
    const first = samples.findIndex(loud);
    const last = samples.length - 1 - [...samples].reverse().findIndex(loud);
    const sound = first < 0 ? [] : samples.slice(first, last + 1);
    let bend = 0;
    for (let i = 8; i < sound.length - 8; i++)
      bend = Math.max(bend, Math.abs(sound[i + 1] - 2 * sound[i] + sound[i - 1]));
    const strength = sound.slice(-2400).reduce((most, value) => Math.max(most, Math.abs(value)), 0);
    return { seconds: sound.length / this.rateHz, bend, strength, silenceS: (samples.length - 1 - last) / this.rateHz };
  }

  clear(): void {
    this.blocks.length = 0;
    this.told.length = 0;
  }

  private insides(): { context: AudioContext; gate: GainNode } {
    return (this.player as unknown as { outlet: { context: AudioContext; gate: GainNode } }).outlet;
  }
}

/** A microphone whose frames go through the detector, with the time that takes. */
class Listened {
  readonly states: MicrophoneState[] = [];
  readonly probabilities: number[] = [];
  millisecondsPerFrame = 0;
  private frames: Float32Array[] = [];
  readonly microphone = new Microphone(
    (frame) => this.frames.push(frame),
    (state) => this.states.push(state),
    "worklet.js",
  );

  async examine(): Promise<void> {
    const silero = await loadSilero("silero_vad_16k.safetensors");
    const frames = this.frames;
    this.frames = [];
    if (frames.some((frame) => frame.length !== FRAME_SAMPLES)) throw new Error("a frame of another length");
    const startMs = performance.now();
    for (const frame of frames) this.probabilities.push(silero.probability(frame));
    this.millisecondsPerFrame = (performance.now() - startMs) / frames.length;
  }
}

Object.assign(window, { RecordedPlayer, WebPlayer, Listened, BrowserRecognition, inputDevices, microphoneStateNow });
