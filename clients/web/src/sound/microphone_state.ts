/** What may be wrong with the microphone, in sentences that a user can act on. */

import type { Sentence } from "../talk/types";

/** insecure: the page came by http from another machine, where browsers offer no microphone. */
export type MicrophoneState =
  { readonly kind: "closed" | "opening" | "open" } | ({ readonly kind: MicrophoneFault } & Sentence);

export type MicrophoneFault = "insecure" | "refused" | "absent" | "busy" | "lost" | "failed";

const SENTENCES: Readonly<Record<MicrophoneFault, Sentence>> = {
  insecure: {
    english:
      "Browsers lend the microphone only to pages over https or from this machine (localhost). Typing works. To talk," +
      " open the page over https, or tunnel the port: ssh -L 8001:localhost:8001 and the server's name, then open" +
      " http://localhost:8001.",
    chinese:
      "浏览器只允许通过 https 或本机（localhost）打开的页面使用麦克风。可以打字。想说话，请用 https 打开，" +
      "或转发端口：ssh -L 8001:localhost:8001 加服务器名，再访问 http://localhost:8001。",
  },
  refused: {
    english: "The microphone was refused. Allow it beside the page's address, or in the system's privacy settings.",
    chinese: "麦克风权限被拒绝。请在地址栏旁边或系统的隐私设置里允许使用。",
  },
  absent: {
    english: "There is no microphone. Connect one; it is taken as soon as it is there.",
    chinese: "没有找到麦克风。接上之后会自动使用。",
  },
  busy: {
    english: "The microphone cannot be opened; another program may be using it.",
    chinese: "麦克风打不开，可能正被其他程序占用。",
  },
  lost: {
    english: "The microphone is gone. It is taken again as soon as it is back.",
    chinese: "麦克风断开了，重新接上后会自动恢复。",
  },
  failed: {
    english: "The browser cannot use the microphone here.",
    chinese: "浏览器无法在这里使用麦克风。",
  },
};

export function faulty(kind: MicrophoneFault): MicrophoneState {
  return { kind, ...SENTENCES[kind] };
}

/** The state before anything was tried. */
export function microphoneStateNow(): MicrophoneState {
  if (!window.isSecureContext) return faulty("insecure");
  return canRecord() ? { kind: "closed" } : faulty("failed");
}

/** What a browser's refusal means. */
export function faultOf(error: unknown): MicrophoneFault {
  const name = error instanceof Error ? error.name : "";
  if (name === "NotAllowedError" || name === "SecurityError") return "refused";
  if (name === "NotFoundError" || name === "OverconstrainedError") return "absent";
  return name === "NotReadableError" || name === "AbortError" ? "busy" : "failed";
}

function canRecord(): boolean {
  return "mediaDevices" in navigator && typeof AudioWorkletNode !== "undefined";
}
