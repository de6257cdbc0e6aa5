/** The server at an address. Every method rejects with ServerTrouble or, when told to stop, AbortError. */

import { toBase64 } from "./base64";
import { brokenOff, readFrames } from "./frames";
import { ServerTrouble } from "./server_trouble";
import type { Choices, Frame, Health, Message, Recognised, TalkServer, TroubleKind, Wishes } from "./types";

export { ServerTrouble };

/** A model may think for minutes; the server sends a sign of life meanwhile. */
const SILENCE_MS = 180_000;
const HEAR_MS = 60_000;
const LOOK_MS = 8_000;
/** What the contract answers when the speaker is not the one it knows. */
const REJECTED = "None";
const NO_CHOICES: Choices = { characters: [], voices: [], languages: [], llm: { model: "", models: [] } };

export class Server implements TalkServer {
  /** url: as location.origin has it. token may be set later. */
  constructor(
    private readonly url: string,
    public token = "",
  ) {}

  async health(signal?: AbortSignal): Promise<Health> {
    return (await this.json("/health", LOOK_MS, signal)) as Health;
  }

  async choices(signal?: AbortSignal): Promise<Choices> {
    try {
      return { ...NO_CHOICES, ...((await this.json("/api/choices", LOOK_MS, signal)) as Choices) };
    } catch (error) {
      // A server without the route is an older one, and offers no choice.
      if (error instanceof Refusal && error.status === 404) return NO_CHOICES;
      throw error;
    }
  }

  async hear(
    recording: Uint8Array,
    _isOver: boolean,
    signal: AbortSignal,
    language?: string | null,
  ): Promise<Recognised> {
    const spoken = language && language !== "auto" ? { language } : {};
    // The older of the two forms: only there a speaker who was rejected differs from silence.
    const answer = await this.json("/api/asr", HEAR_MS, signal, { data: toBase64(recording), ...spoken });
    const text = typeof answer === "string" ? answer.trim() : "";
    return text === REJECTED ? { text: "", isRejected: true } : { text, isRejected: false };
  }

  async *answer(history: readonly Message[], wishes: Wishes, signal: AbortSignal): AsyncGenerator<Frame> {
    const given = Object.entries(wishes).filter(([, value]) => value !== null && value !== undefined && value !== "");
    const patience = new Patience(SILENCE_MS, signal);
    try {
      const response = await this.send("/api/chat", patience, { msg: history, ...Object.fromEntries(given) });
      if (!response.body) throw brokenOff();
      yield* readFrames(parts(response.body.getReader(), patience));
    } finally {
      patience.end();
    }
  }

  private async json(path: string, ms: number, signal?: AbortSignal, body?: unknown): Promise<unknown> {
    const patience = new Patience(ms, signal);
    try {
      const response = await this.send(path, patience, body);
      return await response.json();
    } catch (error) {
      if (error instanceof ServerTrouble || patience.wasStopped) throw error;
      throw new ServerTrouble("other", "What answers there is not this server.", "该地址应答的不是本服务。");
    } finally {
      patience.end();
    }
  }

  private async send(path: string, patience: Patience, body?: unknown): Promise<Response> {
    const headers: Record<string, string> = this.token ? { Authorization: `Bearer ${this.token}` } : {};
    if (body !== undefined) headers["Content-Type"] = "application/json";
    const method = body === undefined ? "GET" : "POST";
    const address = this.url.replace(/\/$/, "") + path;
    let response: Response;
    try {
      response = await fetch(address, { method, headers, body: JSON.stringify(body), signal: patience.signal });
    } catch (error) {
      if (patience.wasStopped) throw error;
      throw new ServerTrouble("away", `The server at ${this.url} does not answer.`, `${this.url} 的服务没有应答。`);
    }
    if (!response.ok) throw await refusal(response);
    return response;
  }
}

/** Ends a request when its caller does not want it any more, or when nothing has come for so long. */
class Patience {
  private readonly controller = new AbortController();
  private timer: ReturnType<typeof setTimeout> | undefined;
  private readonly stop = (): void => this.controller.abort();

  constructor(
    private readonly ms: number,
    private readonly caller?: AbortSignal,
  ) {
    caller?.addEventListener("abort", this.stop);
    if (caller?.aborted) this.stop();
    this.renew();
  }

  get signal(): AbortSignal {
    return this.controller.signal;
  }

  /** By the caller, and not for having waited in vain. */
  get wasStopped(): boolean {
    return this.caller?.aborted ?? false;
  }

  renew(): void {
    clearTimeout(this.timer);
    this.timer = setTimeout(this.stop, this.ms);
  }

  end(): void {
    clearTimeout(this.timer);
    this.caller?.removeEventListener("abort", this.stop);
  }
}

/** The parts of a body as they arrive; a connection that breaks is an answer broken off. */
async function* parts(reader: ReadableStreamDefaultReader<Uint8Array>, patience: Patience): AsyncGenerator<Uint8Array> {
  try {
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return;
      patience.renew();
      yield value;
    }
  } catch (error) {
    throw patience.wasStopped ? error : brokenOff();
  } finally {
    // Closing the connection is how the server learns that nobody listens any more.
    await reader.cancel().catch(() => undefined);
  }
}

/** The server answered with an error. */
class Refusal extends ServerTrouble {
  constructor(
    readonly status: number,
    ...rest: ConstructorParameters<typeof ServerTrouble>
  ) {
    super(...rest);
  }
}

async function refusal(response: Response): Promise<Refusal> {
  const { status } = response;
  const { detail, code } = await said(response);
  const waitS = Number(response.headers.get("Retry-After")) || null;
  const refused = (kind: TroubleKind, english: string, chinese: string): Refusal =>
    new Refusal(status, kind, english, chinese, waitS);
  if (status === 401) return refused("unauthorised", "The server wants an access token.", "服务需要访问令牌。");
  if (status === 503 && code === "loading") return refused("loading", detail, `服务还在加载：${detail}`);
  if (status === 503 && waitS) return refused("busy", "The server is busy; asking again.", "服务繁忙，正在重试。");
  if (status === 503 && /speech.model/i.test(`${code} ${detail}`)) {
    return refused("no_recogniser", detail, `服务端没有可用的语音识别：${detail}`);
  }
  return refused("other", `The server refused (${status}): ${detail}`, `服务拒绝了请求（${status}）：${detail}`);
}

async function said(response: Response): Promise<{ detail: string; code: string }> {
  try {
    const body = (await response.json()) as { detail?: unknown; code?: unknown };
    const detail = typeof body.detail === "string" ? body.detail : JSON.stringify(body.detail ?? body);
    return { detail, code: typeof body.code === "string" ? body.code : "" };
  } catch {
    return { detail: response.statusText, code: "" };
  }
}
