/** Real time, and waiting that can be called off. */

import type { Clock } from "./types";

export const REAL_CLOCK: Clock = {
  nowMs: () => performance.now(),
  after(ms, call) {
    const timer = setTimeout(call, ms);
    return () => clearTimeout(timer);
  },
};

/** Resolves after so long; rejects with AbortError when the signal says so first. */
export function wait(clock: Clock, ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const stop = (): void => {
      prevent();
      reject(aborted());
    };
    const prevent = clock.after(ms, () => {
      signal.removeEventListener("abort", stop);
      resolve();
    });
    if (signal.aborted) stop();
    else signal.addEventListener("abort", stop, { once: true });
  });
}

export function aborted(): Error {
  const error = new Error("This is not wanted any more.");
  error.name = "AbortError";
  return error;
}

export function isAborted(error: unknown): boolean {
  return error instanceof Error && error.name === "AbortError";
}
