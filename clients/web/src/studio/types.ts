/** What the server says about characters, recordings, clips and jobs, in its own words. */

export type WorkStatus = "pending" | "running" | "completed" | "failed" | "cancelled" | "outdated";

/** GET /api/studio. */
export interface Rules {
  readonly enabled: boolean;
  readonly upload_bytes: number;
  /** With their dots, in small letters. */
  readonly extensions: readonly string[];
}

/** How a voice is made. */
export interface Config {
  readonly language: string;
  readonly enable_denoise: boolean;
  readonly epochs_s2: number;
  readonly epochs_s1: number;
  readonly batch_size: number;
  /** "0": whichever is free; several as "0-1". */
  readonly gpu_id: string;
}

export interface Character {
  readonly character_name: string;
  readonly config: Config;
  readonly audio_count: number;
  readonly audio_processing_status: WorkStatus;
  readonly training_status: WorkStatus;
  readonly model_exists: boolean;
  readonly is_default: boolean;
}

export interface Recording {
  readonly filename: string;
  readonly file_size: number;
  /** Seconds; null where the file's head does not say. */
  readonly duration: number | null;
  readonly modified_at: string;
}

export interface Clip {
  readonly name: string;
  /** The converted recording that it was cut from. */
  readonly source: string;
  readonly start_s: number;
  readonly seconds: number;
  /** Why it is left out; "" for one that is kept. */
  readonly why: string;
  readonly text: string;
  readonly language: string;
  /** 0 to 1, where the recogniser has one. */
  readonly confidence: number | null;
  readonly is_kept: boolean;
}

export interface TwoLanguages {
  readonly en: string;
  readonly zh: string;
}

export interface ClipReport {
  readonly summary: {
    readonly clips_kept: number;
    readonly clips_dropped: Readonly<Record<string, number>>;
    readonly usable_minutes: number;
    readonly total_minutes: number;
    readonly recordings_refused?: ReadonlyArray<{
      readonly file: string;
      readonly error: string;
      readonly error_zh: string;
    }>;
  };
  readonly clips: readonly Clip[];
  readonly training_time: { readonly gpu?: TwoLanguages; readonly cpu?: TwoLanguages };
}

export interface Transcript {
  readonly lines: ReadonlyArray<{ readonly clip: string; readonly text: string }>;
  readonly problems: readonly TwoLanguages[];
}

export interface Job {
  readonly id: string;
  readonly kind: string;
  readonly subject: string;
  readonly state: WorkStatus;
  readonly is_cancelling: boolean;
  readonly stage: string | null;
  readonly progress: number;
  readonly eta_s: number | null;
  readonly finished_at: string | null;
  readonly result: Readonly<Record<string, unknown>> | null;
  readonly error: string | null;
  readonly error_zh: string | null;
}

export interface Inference {
  readonly inference_id: string;
  readonly character_name: string;
  readonly target_text: string;
  readonly status: WorkStatus;
  readonly created_at: string;
  readonly error_message: string | null;
}

/** One sentence, spoken with weights that a training has exported: GET .../training/samples. */
export interface Sample {
  readonly half: "sovits" | "gpt";
  readonly epoch: number;
  readonly file: string;
  readonly text: string;
  /** Whether this epoch is the one that is taken. */
  readonly is_picked: boolean;
  /** Whether its weights are among the character's, so that somebody may choose them. */
  readonly can_be_picked?: boolean;
  /** The share of its characters that a recogniser did not understand; null where nothing has judged it. */
  readonly errors: number | null;
}

/** GET and PUT .../persona. */
export interface Persona {
  readonly system: string;
  readonly about: string;
  readonly language: string;
  readonly speed: number;
  /** Clips by the tag that calls for them. */
  readonly emotions: Readonly<Record<string, string>>;
  /** The clip whose voice is taken; "" lets the server choose. */
  readonly clip: string;
  readonly extra_config: Readonly<Record<string, unknown>>;
  /** What it speaks with at this moment, and why with that; only said, never sent. */
  readonly used?: {
    readonly weights: { readonly gpt: string; readonly sovits: string } | null;
    readonly clip: { readonly name: string; readonly text: string } | null;
    readonly notes: readonly TwoLanguages[];
  };
}

/** Kinds of jobs that the studio knows. */
export const PROCESS = "process_audio";
export const TRAIN = "train";
