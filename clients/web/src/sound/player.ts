/** Plays pieces through Web Audio, sample after sample without a gap. */

import { Resampler } from "../talk/resample";
import type { Player, Sentence } from "../talk/types";
import { Tape } from "./tape";

const RAMP_S = 0.01;
const DUCKED = 0.2;
/** What is heard again after a pause. */
const AGAIN_S = 0.2;
/** Between deciding to play and playing: what is later than that is heard as a click. */
const LEAD_S = 0.02;
const LOOK_MS = 20;
/** How long a browser may take to begin before the user is told that it does not. */
const BLOCKED_MS = 2000;
/** Longer than a resampler looks ahead. */
const FLUSH_S = 0.005;
const GESTURES = ["pointerdown", "touchend", "keydown"] as const;
const BLOCKED: Sentence = {
  english: "The browser plays no sound before you touch the page: click anywhere.",
  chinese: "浏览器在您操作页面之前不会播放声音：请点击页面任意位置。",
};

/** One stretch of sound, and the node that plays it while there is one. */
interface Clip {
  readonly from: number;
  readonly buffer: AudioBuffer;
  node: AudioBufferSourceNode | null;
}

interface Outlet {
  readonly context: AudioContext;
  /** Softer and louder. */
  readonly loudness: GainNode;
  /** Open and shut. */
  readonly gate: GainNode;
}

export class WebPlayer implements Player {
  onStarted = (_piece: number): void => undefined;
  onEnded = (_piece: number): void => undefined;
  onIdle = (): void => undefined;
  onTrouble = (_trouble: Sentence): void => undefined;

  private opened: Outlet | null = null;
  private readonly tape = new Tape();
  private clips: Clip[] = [];
  private resampler: { readonly piece: number; readonly rateHz: number; readonly feed: Resampler } | null = null;
  /** Tape and clock: the sample `position` is played at the time `timeS`; null while nothing is being played. */
  private anchor: { readonly position: number; readonly timeS: number } | null = null;
  /** Where the tape stands while nothing is being played. */
  private rest = 0;
  private isPaused = false;
  private timer: ReturnType<typeof setInterval> | undefined;
  private blockedSinceMs: number | null = null;

  constructor() {
    for (const gesture of GESTURES) document.addEventListener(gesture, this.unlockOnGesture, { capture: true });
  }

  /** Called from a gesture: browsers let no page make sound before one. The player sees to it by itself as well. */
  async unlock(): Promise<void> {
    if (this.context.state === "running" || this.context.state === "closed") return;
    // Safari wants a sound to have been started by the gesture, however short.
    const silence = this.context.createBufferSource();
    silence.buffer = this.context.createBuffer(1, 1, this.context.sampleRate);
    silence.connect(this.context.destination);
    silence.start();
    await this.context.resume();
  }

  close(): void {
    this.drop();
    for (const gesture of GESTURES) document.removeEventListener(gesture, this.unlockOnGesture, { capture: true });
    void this.opened?.context.close();
  }

  add(piece: number, samples: Float32Array, rateHz: number): void {
    if (this.resampler?.piece !== piece || this.resampler.rateHz !== rateHz) {
      this.resampler = { piece, rateHz, feed: new Resampler(rateHz, this.context.sampleRate) };
    }
    this.append(piece, this.resampler.feed.feed(samples));
    this.watch();
  }

  end(piece: number): void {
    if (this.resampler?.piece === piece && this.resampler.rateHz !== this.context.sampleRate) {
      // What the resampler still holds comes out when silence follows.
      this.append(piece, this.resampler.feed.feed(new Float32Array(Math.ceil(FLUSH_S * this.resampler.rateHz))));
    }
    this.resampler = null;
    this.tape.complete(piece);
    this.watch();
  }

  duck(isDucked: boolean): void {
    this.ramp(this.outlet.loudness, isDucked ? DUCKED : 1);
  }

  pause(): void {
    if (this.isPaused) return;
    this.rest = this.position();
    this.isPaused = true;
    this.anchor = null;
    this.ramp(this.outlet.gate, 0);
    this.silence(RAMP_S);
  }

  resume(): void {
    if (!this.isPaused) return;
    this.isPaused = false;
    const again = this.rest - Math.round(AGAIN_S * this.context.sampleRate);
    if (this.rest < this.tape.end) this.rest = Math.max(this.clips[0]?.from ?? 0, again);
    this.ramp(this.outlet.gate, 1);
    for (const clip of this.clips) this.schedule(clip);
    this.watch();
  }

  drop(): void {
    if (!this.opened) return;
    this.ramp(this.outlet.gate, 0);
    this.silence(RAMP_S);
    this.clips = [];
    this.tape.drop();
    this.resampler = null;
    this.anchor = null;
    this.rest = 0;
    this.isPaused = false;
    this.duck(false);
    // Open again once it is shut; the next answer begins behind that.
    this.outlet.gate.gain.setValueAtTime(1, this.context.currentTime + RAMP_S + 0.001);
    this.stopWatching();
  }

  playedS(piece: number): number {
    return this.tape.played(piece, this.position()) / this.context.sampleRate;
  }

  get isIdle(): boolean {
    return this.tape.isIdle(this.position());
  }

  /** Opened when it is needed: before a gesture browsers complain, and an open one costs a phone its battery. */
  private get outlet(): Outlet {
    if (this.opened) return this.opened;
    const context = new AudioContext({ latencyHint: "interactive" });
    const [loudness, gate] = [context.createGain(), context.createGain()];
    loudness.connect(gate).connect(context.destination);
    this.opened = { context, loudness, gate };
    return this.opened;
  }

  private get context(): AudioContext {
    return this.outlet.context;
  }

  private append(piece: number, samples: Float32Array): void {
    const from = this.tape.end;
    this.tape.append(piece, samples.length);
    if (samples.length === 0) return;
    const buffer = this.context.createBuffer(1, samples.length, this.context.sampleRate);
    buffer.getChannelData(0).set(samples);
    const clip = { from, buffer, node: null };
    this.clips.push(clip);
    if (!this.isPaused) this.schedule(clip);
  }

  private schedule(clip: Clip): void {
    const rate = this.context.sampleRate;
    const skipped = Math.max(0, this.rest - clip.from);
    if (!this.anchor && skipped >= clip.buffer.length) return;
    let startS = this.anchor && this.anchor.timeS + (clip.from - this.anchor.position) / rate;
    if (startS === null || startS < this.context.currentTime) {
      // The first, or it came too late and there is a gap already: the tape's clock begins anew.
      const position = this.anchor ? clip.from : clip.from + skipped;
      startS = this.context.currentTime + LEAD_S;
      this.anchor = { position, timeS: startS };
    }
    const offset = Math.max(0, this.anchor!.position - clip.from);
    clip.node = this.context.createBufferSource();
    clip.node.buffer = clip.buffer;
    clip.node.connect(this.outlet.loudness);
    clip.node.start(Math.max(startS, this.anchor!.timeS), offset / rate);
  }

  /** The sample that is heard now. */
  private position(): number {
    if (!this.anchor) return this.rest;
    const heardS = this.context.currentTime - (this.context.outputLatency || this.context.baseLatency || 0);
    const passed = Math.max(0, heardS - this.anchor.timeS) * this.context.sampleRate;
    return Math.min(this.tape.end, this.anchor.position + Math.floor(passed));
  }

  private silence(afterS: number): void {
    const atS = this.context.currentTime + afterS;
    for (const clip of this.clips) {
      clip.node?.stop(atS);
      clip.node = null;
    }
  }

  private ramp(node: GainNode, to: number): void {
    const nowS = this.context.currentTime;
    const { gain } = node;
    const from = gain.value;
    gain.cancelScheduledValues(nowS);
    gain.setValueAtTime(from, nowS);
    gain.linearRampToValueAtTime(to, nowS + RAMP_S);
  }

  private watch(): void {
    if (this.context.state !== "running") void this.unlock().catch(() => undefined);
    this.timer ??= setInterval(() => this.look(), LOOK_MS);
  }

  private look(): void {
    if (this.isPaused) return;
    this.complainIfBlocked();
    const position = this.position();
    const keptFrom = position - this.context.sampleRate;
    this.clips = this.clips.filter(({ from, buffer }) => from + buffer.length > keptFrom);
    this.tape.tell(position, this);
    if (this.isIdle) this.stopWatching();
  }

  private complainIfBlocked(): void {
    if (this.context.state === "running") {
      this.blockedSinceMs = null;
      return;
    }
    this.blockedSinceMs ??= Date.now();
    if (this.blockedSinceMs === Infinity || Date.now() - this.blockedSinceMs < BLOCKED_MS) return;
    this.blockedSinceMs = Infinity;
    this.onTrouble(BLOCKED);
  }

  private stopWatching(): void {
    clearInterval(this.timer);
    this.timer = undefined;
  }

  private readonly unlockOnGesture = (): void => {
    void this.unlock().catch(() => undefined);
  };
}
