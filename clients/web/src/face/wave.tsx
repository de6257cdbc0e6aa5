/** The waveform: bars of the last seconds' loudness, drawn by the screen's clock while the microphone is on. */

import { useEffect, useRef } from "preact/hooks";

import type { MicrophoneControl } from "./microphone_control";

const BAR_PX = 3;
const GAP_PX = 2;
/** How seldom it is drawn for those who want little motion. */
const CALM_MS = 1000;

export function Wave({ microphone, label }: { microphone: MicrophoneControl; label: string }) {
  const canvas = useRef<HTMLCanvasElement>(null);
  const isOn = microphone.isOn.value;
  useEffect(() => {
    if (!canvas.current) return;
    return isOn ? drawAlways(canvas.current, microphone) : draw(canvas.current, microphone.levels.all);
  }, [isOn, microphone]);
  return <canvas class="wave" ref={canvas} role="img" aria-label={label} />;
}

function drawAlways(canvas: HTMLCanvasElement, microphone: MicrophoneControl): () => void {
  if (window.matchMedia("(prefers-reduced-motion: reduce)").matches) {
    const timer = setInterval(() => draw(canvas, microphone.levels.all), CALM_MS);
    return () => clearInterval(timer);
  }
  let frame = requestAnimationFrame(function next() {
    draw(canvas, microphone.levels.all);
    frame = requestAnimationFrame(next);
  });
  return () => cancelAnimationFrame(frame);
}

function draw(canvas: HTMLCanvasElement, levels: readonly number[]): undefined {
  const context = canvas.getContext("2d");
  if (!context) return;
  const { width, height } = fitted(canvas);
  const ratio = window.devicePixelRatio || 1;
  context.setTransform(ratio, 0, 0, ratio, 0, 0);
  context.clearRect(0, 0, width, height);
  context.fillStyle = getComputedStyle(canvas).color;
  const bars = Math.min(levels.length, Math.floor(width / (BAR_PX + GAP_PX)));
  for (let at = 0; at < bars; at++) {
    const level = levels[levels.length - bars + at] ?? 0;
    const high = Math.max(BAR_PX, level * height);
    context.globalAlpha = 0.35 + 0.65 * level;
    context.beginPath();
    context.roundRect(at * (BAR_PX + GAP_PX), (height - high) / 2, BAR_PX, high, BAR_PX / 2);
    context.fill();
  }
}

/** As many pixels as the screen has where the canvas lies. */
function fitted(canvas: HTMLCanvasElement): { width: number; height: number } {
  const { width, height } = canvas.getBoundingClientRect();
  const ratio = window.devicePixelRatio || 1;
  if (canvas.width !== Math.round(width * ratio)) canvas.width = Math.round(width * ratio);
  if (canvas.height !== Math.round(height * ratio)) canvas.height = Math.round(height * ratio);
  return { width, height };
}
