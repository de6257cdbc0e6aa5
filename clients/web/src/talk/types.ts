/** The words that the engine room and the face share: states, events, options, and what a conversation is made of. */

/** off: not listening, nothing going on. hearing: the user speaks. thinking: asked, nothing to hear yet. */
export type TalkState = "off" | "listening" | "hearing" | "recognising" | "thinking" | "speaking";

/** Why an utterance led to nothing: the assistant's own voice, "mm", no words, or a speaker that is not known. */
export type IgnoredWhy = "echo" | "backchannel" | "nothing" | "rejected";

/** What a trouble is about, so that a face can do more than show its sentence (a token field for "unauthorised"). */
export type TroubleKind =
  | "unauthorised"
  | "busy"
  | "away"
  | "back"
  | "loading"
  | "no_recogniser"
  | "broken_off"
  | "answer"
  | "sound"
  | "microphone"
  | "insecure"
  | "other";

/** A sentence in both languages that the user can act on. */
export interface Sentence {
  readonly english: string;
  readonly chinese: string;
}

/** Milliseconds since the end of speech, or since a typed text was sent. */
export interface StagesMs {
  speech_ended?: number;
  heard?: number;
  first_token?: number;
  first_piece?: number;
  first_audio?: number;
  playing?: number;
  done?: number;
}

export type Stage = keyof StagesMs;

export interface EngineHealth {
  readonly state: "loading" | "ready" | "absent" | "failed";
  /** Only with the token, where one is needed. */
  readonly engine?: string;
  readonly note?: string;
  readonly note_zh?: string;
}

/** GET /health. */
export interface Health {
  readonly status: string;
  readonly version?: string;
  readonly model_loaded?: boolean;
  readonly engines: Readonly<Record<"asr" | "llm" | "tts", EngineHealth>>;
}

/** GET /api/choices; empty lists where there is no choice, or where an older server knows no such route. */
export interface Choices {
  readonly characters: ReadonlyArray<{ readonly name: string; readonly about: string }>;
  readonly voices: readonly string[];
  readonly languages: readonly string[];
  readonly llm: { readonly model: string; readonly models: readonly string[] };
}

/**
 * What happens in a conversation, as a face shows it. Turns and pieces are numbered upwards and no number is used
 * twice in a conversation, so that nothing of an old turn can be taken for something new.
 */
export type TalkEvent =
  | { readonly type: "state"; readonly state: TalkState }
  /** How loud the microphone is, 0 to 1, a few times a second while it is on. */
  | { readonly type: "level"; readonly rms: number }
  /** The user's message of a turn; `recording` is the WAV file that was recognised, null for typed text. */
  | {
      readonly type: "heard";
      readonly turn: number;
      readonly text: string;
      readonly stagesMs: StagesMs;
      readonly recording: Uint8Array | null;
    }
  | { readonly type: "ignored"; readonly text: string; readonly why: IgnoredWhy }
  /** A piece of the reply has arrived; it is not to be heard yet. */
  | { readonly type: "piece"; readonly turn: number; readonly number: number; readonly text: string }
  /** Sound of a piece has arrived, for whoever keeps the whole conversation. */
  | {
      readonly type: "sound";
      readonly turn: number;
      readonly number: number;
      readonly samples: Float32Array;
      readonly rateHz: number;
    }
  | { readonly type: "playing"; readonly turn: number; readonly number: number }
  | { readonly type: "pieceEnded"; readonly turn: number; readonly number: number }
  /** The user may be speaking: the answer is silent, and goes on (false) if it was a mistake. */
  | { readonly type: "paused"; readonly turn: number; readonly isPaused: boolean }
  /** A turn is over. isWhole: text is the full reply; otherwise it is what was heard of it, "" when nothing was. */
  | {
      readonly type: "answered";
      readonly turn: number;
      readonly text: string;
      readonly isWhole: boolean;
      readonly stagesMs: StagesMs;
    }
  | ({ readonly type: "trouble"; readonly kind: TroubleKind } & Sentence)
  | { readonly type: "hint"; readonly text: string }
  /** null: the server is away. */
  | { readonly type: "server"; readonly health: Health | null };

export type TalkListener = (event: TalkEvent) => void;

/** What POST /api/chat lets a client wish for, and how a conversation behaves. */
export interface TalkOptions {
  /** The first message of every request; "" sends none. */
  readonly system: string;
  readonly character: string | null;
  readonly voice: string | null;
  readonly language: string | null;
  readonly speed: number | null;
  readonly llm: LlmOptions | null;
  /** half: the microphone is ignored while there is sound, and 0.3 s afterwards. */
  readonly duplex: "full" | "half";
  /** How long a pause ends an utterance. */
  readonly silenceMs: number;
  readonly stream: "pieces" | "chunks";
  /** push: only what is said between hold() and release() counts. */
  readonly mode: "hands_free" | "push";
}

export interface LlmOptions {
  readonly model?: string;
  readonly temperature?: number;
  readonly top_p?: number;
  readonly max_tokens?: number;
}

export interface Message {
  readonly role: "system" | "user" | "assistant";
  readonly content: string;
}

/** One frame of /api/chat, its sound decoded. */
export interface Frame {
  readonly text: string;
  readonly sound: Sound | null;
  /** There was sound, of a kind that cannot be read here. */
  readonly isUnreadable: boolean;
  readonly isLast: boolean;
  readonly timingMs: Readonly<Record<string, number>>;
  readonly hint: string;
  readonly error: string;
}

/** Mono samples from -1 to 1. */
export interface Sound {
  readonly samples: Float32Array;
  readonly rateHz: number;
}

/** What a recogniser made of a recording; isRejected: the server did not know the speaker. */
export interface Recognised {
  readonly text: string;
  readonly isRejected: boolean;
}

/** Turns recordings into texts: the server, or a substitute. Rejects with ServerTrouble, or AbortError when stopped. */
export interface Recogniser {
  /** recording: a WAV file. isOver: false while the user still speaks. language: of what is said, where known. */
  hear(recording: Uint8Array, isOver: boolean, signal: AbortSignal, language?: string | null): Promise<Recognised>;
}

/** The server, as a conversation needs it. */
export interface TalkServer extends Recogniser {
  health(signal?: AbortSignal): Promise<Health>;
  answer(history: readonly Message[], wishes: Wishes, signal: AbortSignal): AsyncIterable<Frame>;
}

/** The extra fields of POST /api/chat; null and undefined ones are not sent. */
export interface Wishes {
  readonly stream?: "pieces" | "chunks";
  readonly character?: string | null;
  readonly voice?: string | null;
  readonly language?: string | null;
  readonly speed?: number | null;
  readonly llm?: LlmOptions | null;
}

/** Plays the pieces of answers in the order of their numbers, without gaps. */
export interface Player {
  /** Appends sound to a piece; several calls for one piece join without a click. */
  add(piece: number, samples: Float32Array, rateHz: number): void;
  /** No more sound will come for this piece. A piece that ends without any sound is reported in its place. */
  end(piece: number): void;
  /** Softer (gain 0.2 within 50 ms) or as loud as before. */
  duck(isDucked: boolean): void;
  /** Silent within 50 ms; nothing is lost. */
  pause(): void;
  /** Goes on, with the last 0.2 s again. */
  resume(): void;
  /** Forgets everything that was added, at once; as loud as ever afterwards. */
  drop(): void;
  /** How much of a piece has been heard. */
  playedS(piece: number): number;
  /** Nothing to play: no sound waits or plays. True while paused with nothing left. */
  readonly isIdle: boolean;
  onStarted: (piece: number) => void;
  onEnded: (piece: number) => void;
  /** The last sound so far has been heard. */
  onIdle: () => void;
  /** Nothing is to be heard, and the user can mend it. */
  onTrouble: (trouble: Sentence) => void;
}

/** How likely it is that a frame (512 samples at 16 kHz) is speech, 0 to 1. Remembers what came before. */
export interface SpeechDetector {
  probability(frame: Float32Array): number;
  reset(): void;
}

/** Time as a conversation sees it; tests pass one that they move. */
export interface Clock {
  nowMs(): number;
  /** Calls back once, after so many milliseconds; the function that is returned prevents it. */
  after(ms: number, call: () => void): () => void;
}
