/** The studio's routes. Every method rejects with ServerTrouble: away, or refused for a reason that can be shown. */

import { ServerTrouble } from "../talk/server_trouble";
import { refusalOf } from "./refusals";
import type {
  Character,
  ClipReport,
  Config,
  Inference,
  Job,
  Persona,
  Recording,
  Rules,
  Sample,
  Transcript,
} from "./types";

const PATIENCE_MS = 60_000;

export interface Spoken {
  readonly character_name: string;
  readonly target_text: string;
  readonly target_language: string;
  readonly ref_language: string;
}

export class StudioServer {
  /** url: as location.origin has it. token: asked for with each request. */
  constructor(
    private readonly url: string,
    private readonly token: () => string,
  ) {}

  rules = (): Promise<Rules> => this.get("/api/studio");
  characters = (): Promise<Character[]> => this.get("/api/v1/characters");
  character = (name: string): Promise<Character> => this.get(of(name));
  create = (name: string, language: string): Promise<Character> =>
    this.send("POST", "/api/v1/characters", { character_name: name, config: { character_name: name, language } });
  configure = (name: string, changes: Partial<Config>): Promise<Character> =>
    this.send("PATCH", of(name, "/config"), changes);
  rename = (name: string, new_name: string): Promise<Character> => this.send("PUT", of(name), { new_name });
  remove = (name: string): Promise<unknown> => this.send("DELETE", of(name));
  setDefault = (name: string): Promise<unknown> => this.send("POST", of(name, "/set_default"));
  recordings = (name: string): Promise<Recording[]> => this.get(of(name, "/audio/files"));
  deleteRecording = (name: string, file: string): Promise<unknown> => this.send("DELETE", recordingPath(name, file));
  process = (name: string): Promise<unknown> => this.send("POST", of(name, "/audio/process"));
  train = (name: string): Promise<unknown> => this.send("POST", of(name, "/training/start"));
  startOver = (name: string): Promise<unknown> => this.send("POST", of(name, "/training/clean"));
  samples = (name: string): Promise<Sample[]> => this.get(of(name, "/training/samples"));
  speakWith = (name: string, half: Sample["half"], epoch: number): Promise<unknown> =>
    this.send("PUT", of(name, "/training/weights"), { [half]: epoch });
  correct = (name: string, clip: string, text: string): Promise<unknown> =>
    this.send("PUT", of(name, "/transcripts/", clip), { text });
  leaveOut = (name: string, clip: string): Promise<unknown> => this.send("DELETE", of(name, "/transcripts/", clip));
  jobs = (): Promise<Job[]> => this.get("/api/v1/jobs?limit=500");
  cancel = (job: string): Promise<Job> => this.send("POST", `/api/v1/jobs/${job}/cancel`);
  speak = (spoken: Spoken): Promise<Inference> => this.send("POST", "/api/v1/inference", spoken);
  spoken = (): Promise<Inference[]> => this.get("/api/v1/inference");
  persona = (name: string): Promise<Persona> => this.get(of(name, "/persona"));
  savePersona = (name: string, persona: Persona): Promise<Persona> => this.send("PUT", of(name, "/persona"), persona);

  /** null: there are none yet. The files are asked first, since a browser complains aloud about what is not found. */
  async clips({ character_name: name, audio_processing_status }: Character): Promise<ClipReport | null> {
    const { status } = await this.get<{ status: string }>(of(name, "/audio/check_status"));
    // With noise reduction switched on since, files are missing only for the next processing.
    const isMade = status === "completed" || audio_processing_status === "completed";
    return isMade ? this.get(of(name, "/clips")) : null;
  }

  /** file: a `.list` as it was read. */
  async replaceTranscript(name: string, file: Blob): Promise<Transcript> {
    return (await this.fetch("PUT", of(name, "/transcripts"), file)).json() as Promise<Transcript>;
  }

  async sound(path: string, stop?: AbortSignal): Promise<Blob> {
    return (await this.fetch("GET", path, undefined, stop)).blob();
  }

  /** What happens in a job after the event of that number, as a stream that goes on until the job ends. */
  async events(job: string, after: string, stop: AbortSignal): Promise<ReadableStream<Uint8Array>> {
    const response = await this.fetch("GET", `/api/v1/jobs/${job}/events`, undefined, stop, { "Last-Event-ID": after });
    if (!response.body) throw away(this.url);
    return response.body;
  }

  headers(): Record<string, string> {
    const token = this.token();
    return token ? { Authorization: `Bearer ${token}` } : {};
  }

  /** For what cannot send headers, such as a browser's own player. */
  address(path: string): string {
    const token = this.token();
    return `${this.url}${path}${token ? `?token=${encodeURIComponent(token)}` : ""}`;
  }

  private get<Result>(path: string): Promise<Result> {
    return this.send("GET", path);
  }

  private async send<Result>(method: string, path: string, body?: unknown): Promise<Result> {
    const patience = AbortSignal.timeout(PATIENCE_MS);
    const response = await this.fetch(method, path, body === undefined ? undefined : JSON.stringify(body), patience);
    return (await response.json()) as Result;
  }

  private async fetch(
    method: string,
    path: string,
    body?: BodyInit,
    signal?: AbortSignal,
    more: Record<string, string> = {},
  ): Promise<Response> {
    let response: Response;
    try {
      const headers = { ...this.headers(), ...more };
      // Another processing makes other sounds of the same names; the browser must ask whether it has the newest.
      response = await fetch(this.url + path, { method, body, signal, headers, cache: "no-cache" });
    } catch (error) {
      if (signal?.aborted && signal.reason instanceof DOMException && signal.reason.name === "AbortError") throw error;
      throw away(this.url);
    }
    if (!response.ok) throw refusalOf(response.status, await response.json().catch(() => null));
    return response;
  }
}

export function recordingPath(name: string, file: string): string {
  return of(name, "/audio/files/", file);
}

/** Below it lie all sounds of a character. */
export function soundsOf(name: string): string {
  return of(name, "/");
}

export function clipPath(name: string, clip: string): string {
  return of(name, "/clips/", clip);
}

export function samplePath(name: string, file: string): string {
  return of(name, "/download/", file);
}

export function spokenPath(id: string): string {
  return `/api/v1/inference/${encodeURIComponent(id)}/download`;
}

export function uploadPath(name: string, isResumable: boolean): string {
  return of(name, isResumable ? "/audio/uploads" : "/audio/upload");
}

function of(name: string, rest = "", last = ""): string {
  return `/api/v1/characters/${encodeURIComponent(name)}${rest}${encodeURIComponent(last)}`;
}

function away(url: string): ServerTrouble {
  return new ServerTrouble("away", `The server at ${url} does not answer.`, `${url} 的服务没有应答。`);
}
