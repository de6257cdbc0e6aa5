/**
 * How a file is sent: so that it goes on where it was cut off, or as a form where the server knows no better way.
 * The first is tus, spoken by its makers' own client, which retries and remembers; it is fetched with the first upload.
 */

import { ServerTrouble } from "../talk/server_trouble";
import type { Found } from "./dropped";
import { refusalOf } from "./refusals";
import { type StudioServer, uploadPath } from "./server";
import { REMOVED, type Send } from "./upload_queue";

/** A part is what is lost at most when the line breaks, and what a proxy must let through. */
const PART_BYTES = 8 << 20;
const RETRY_MS = [0, 1000, 3000, 5000, 10_000, 20_000];
/** Answers of a server that has no such route. */
const UNKNOWN_ROUTE: ReadonlySet<number> = new Set([404, 405]);

export function sender(server: StudioServer, character: string): Send {
  let isResumable = true;
  return async (found, onSent, stop) => {
    if (isResumable) {
      try {
        return await resumably(server, character, found, onSent, stop);
      } catch (error) {
        if (!(error instanceof NoSuchRoute)) throw error;
        isResumable = false;
      }
    }
    return asForm(server, character, found, onSent, stop);
  };
}

class NoSuchRoute extends Error {}

async function resumably(
  server: StudioServer,
  character: string,
  found: Found,
  ...[onSent, stop]: SendRest
): Promise<void> {
  const tus = await import("tus-js-client");
  const { file, path } = found;
  await new Promise<void>((resolve, reject) => {
    const upload = new tus.Upload(file, {
      endpoint: server.address(uploadPath(character, true)).split("?")[0],
      chunkSize: PART_BYTES,
      retryDelays: RETRY_MS,
      metadata: { filename: file.name, ...(path === file.name ? {} : { relativePath: path }) },
      fingerprint: async () => ["yinliu", character, path, file.size, file.lastModified].join("|"),
      removeFingerprintOnSuccess: true,
      onBeforeRequest: (request) => {
        for (const [name, value] of Object.entries(server.headers())) request.setHeader(name, value);
      },
      onShouldRetry: (error) => {
        const status = error.originalResponse?.getStatus() ?? 0;
        return status === 0 || status === 409 || status === 423 || status >= 500;
      },
      onProgress: onSent,
      onSuccess: () => resolve(),
      onError: (error) => reject(translated(error, tus.DetailedError)),
    });
    stop.addEventListener("abort", () => {
      // The server forgets by itself what nobody has asked it to.
      void upload.abort(stop.reason === REMOVED).catch(() => undefined);
      reject(stopped());
    });
    void upload.findPreviousUploads().then((earlier) => {
      if (earlier[0]) upload.resumeFromPreviousUpload(earlier[0]);
      if (!stop.aborted) upload.start();
    }, reject);
  });
}

type SendRest = [onSent: (bytes: number) => void, stop: AbortSignal];

function translated(error: Error, detailed: typeof import("tus-js-client").DetailedError): Error {
  const response = error instanceof detailed ? error.originalResponse : null;
  const status = response?.getStatus() ?? 0;
  if (!response || status === 0) return broken();
  const isCreating = error instanceof detailed && error.originalRequest.getMethod() === "POST";
  const refusal = refusalOf(status, parsed(response.getBody()));
  // A character that is gone is told in a sentence; a route that is not there is told by the framework.
  if (isCreating && UNKNOWN_ROUTE.has(status) && /^(Not Found|Method Not Allowed)$/.test(refusal.chinese)) {
    return new NoSuchRoute();
  }
  return refusal;
}

function asForm(
  server: StudioServer,
  character: string,
  { file, path }: Found,
  ...[onSent, stop]: SendRest
): Promise<void> {
  // Of the two ways to send a form only this one tells how far it is.
  const request = new XMLHttpRequest();
  request.open("POST", server.address(uploadPath(character, false)).split("?")[0]);
  for (const [name, value] of Object.entries(server.headers())) request.setRequestHeader(name, value);
  const form = new FormData();
  // Of a path the server takes the last part only, and files of two folders may share that.
  form.append("file", file, path.split("/").join("_"));
  return new Promise((resolve, reject) => {
    request.upload.onprogress = ({ loaded }) => onSent(Math.min(loaded, file.size));
    request.onload = () =>
      request.status < 300 ? resolve() : reject(refusalOf(request.status, parsed(request.responseText)));
    request.onerror = () => reject(broken());
    request.onabort = () => reject(stopped());
    stop.addEventListener("abort", () => request.abort());
    request.send(form);
  });
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

function broken(): ServerTrouble {
  return new ServerTrouble("away", "The connection broke; try again.", "连接中断，请重试。");
}

function stopped(): DOMException {
  return new DOMException("stopped", "AbortError");
}
