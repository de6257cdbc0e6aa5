/** The microphone as frames of 512 samples at 16 kHz. */

import { Framer } from "../talk/framer";
import { faultOf, faulty, microphoneStateNow, type MicrophoneState } from "./microphone_state";

export { microphoneStateNow, type MicrophoneState };

export interface InputDevice {
  readonly id: string;
  readonly label: string;
}

export interface MicrophoneWishes {
  /** "" is the browser's choice. */
  readonly deviceId: string;
  readonly echoCancellation: boolean;
}

/** The inputs there are; labels are empty until the microphone was allowed once. */
export async function inputDevices(): Promise<InputDevice[]> {
  if (!("mediaDevices" in navigator)) return [];
  const devices = await navigator.mediaDevices.enumerateDevices();
  const inputs = devices.filter(({ kind, deviceId }) => kind === "audioinput" && deviceId !== "");
  return inputs.map(({ deviceId, label }) => ({ id: deviceId, label }));
}

/** onFrame: 512 samples at 16 kHz. onState: also called when a device vanishes or comes back. */
export class Microphone {
  private now: MicrophoneState = microphoneStateNow();
  private wishes: MicrophoneWishes | null = null;
  private tap: Tap | null = null;
  /** Which opening counts: a permission may be granted after the microphone was closed again. */
  private opening = 0;

  constructor(
    private readonly onFrame: (frame: Float32Array) => void,
    private readonly onState: (state: MicrophoneState) => void,
    private readonly workletUrl: string,
  ) {
    if ("mediaDevices" in navigator) {
      navigator.mediaDevices.addEventListener("devicechange", () => this.comeBack());
    }
  }

  get state(): MicrophoneState {
    return this.now;
  }

  /** Must be called from a gesture the first time. Never rejects: what went wrong is the state. */
  async open(wishes: MicrophoneWishes): Promise<void> {
    this.close();
    if (this.now.kind !== "closed") return;
    const opening = ++this.opening;
    this.wishes = wishes;
    this.become({ kind: "opening" });
    let tap: Tap | null = null;
    try {
      tap = await openTap(wishes, this.workletUrl, this.onFrame, () => this.lose(opening));
      if (opening !== this.opening) return tap.close();
      this.tap = tap;
      this.become({ kind: "open" });
    } catch (error) {
      if (opening === this.opening) this.become(faulty(faultOf(error)));
    }
  }

  close(): void {
    this.opening++;
    this.wishes = null;
    this.tap?.close();
    this.tap = null;
    this.become(microphoneStateNow());
  }

  private lose(opening: number): void {
    if (opening !== this.opening) return;
    this.tap?.close();
    this.tap = null;
    this.become(faulty("lost"));
    this.comeBack();
  }

  /** Another device may do as well as the one that was wished for and is gone. */
  private comeBack(): void {
    if (this.wishes && (this.now.kind === "lost" || this.now.kind === "absent")) void this.tryAgain(this.wishes);
  }

  private async tryAgain(wishes: MicrophoneWishes): Promise<void> {
    const opening = this.opening;
    if ((await inputDevices()).length > 0 && opening === this.opening) await this.open(wishes);
  }

  private become(state: MicrophoneState): void {
    if (state.kind === this.now.kind) return;
    this.now = state;
    this.onState(state);
  }
}

/** A microphone that sends nothing for so long has fallen silent without a word, as after a phone's call. */
const SILENT_MS = 4000;
const LOOK_MS = 1000;

interface Tap {
  close(): void;
}

async function openTap(
  wishes: MicrophoneWishes,
  workletUrl: string,
  onFrame: (frame: Float32Array) => void,
  onLost: () => void,
): Promise<Tap> {
  const stream = await navigator.mediaDevices.getUserMedia({ audio: constraints(wishes) });
  // The browser's own rate: asking for 16 kHz fails in Firefox, whose streams must have the rate of their context.
  const context = new AudioContext();
  let lastBlockMs = performance.now();
  const watch = setInterval(() => {
    if (context.state !== "running") void context.resume();
    if (performance.now() - lastBlockMs > SILENT_MS) onLost();
  }, LOOK_MS);
  const close = (): void => {
    clearInterval(watch);
    stream.getTracks().forEach((track) => track.stop());
    void context.close();
  };
  try {
    await context.audioWorklet.addModule(workletUrl);
    const blocks = new AudioWorkletNode(context, "blocks", { channelCount: 1, channelCountMode: "explicit" });
    const framer = new Framer(context.sampleRate, onFrame);
    blocks.port.onmessage = ({ data }: MessageEvent<Float32Array>) => {
      lastBlockMs = performance.now();
      framer.feed(data);
    };
    // Connected to the end, or some browsers never ask the node for anything; it puts out silence.
    context.createMediaStreamSource(stream).connect(blocks).connect(context.destination);
    stream.getAudioTracks()[0].addEventListener("ended", onLost);
    void context.resume();
  } catch (error) {
    close();
    throw error;
  }
  return { close };
}

function constraints({ deviceId, echoCancellation }: MicrophoneWishes): MediaTrackConstraints {
  return {
    // "ideal", since a device that is gone should not keep the others from being used.
    ...(deviceId ? { deviceId: { ideal: deviceId } } : {}),
    channelCount: 1,
    echoCancellation,
    noiseSuppression: true,
    autoGainControl: true,
  };
}
