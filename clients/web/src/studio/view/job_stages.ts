/** The steps of the work as the server names them, and how much of each is done. */

import type { Story } from "../job_story";
import { TRAIN } from "../types";
import type { StudioWord } from "../words";

const PROCESS_STAGES = ["convert_audio", "slice_audio", "denoise_audio", "asr_transcribe"] as const;
const TRAIN_STAGES = [
  "extract_text_features",
  "extract_audio_features",
  "extract_speaker_vectors",
  "extract_semantic_features",
  "train_sovits",
  "train_gpt",
] as const;

type Known = (typeof PROCESS_STAGES)[number] | (typeof TRAIN_STAGES)[number];

export function stageInWords(stage: string | null, say: (word: StudioWord) => string): string {
  if (stage === null) return say("jobBegins");
  const known = [...PROCESS_STAGES, ...TRAIN_STAGES].find((one): one is Known => one === stage);
  return known ? say(`step_${known}`) : stage;
}

/** 0 to 1. Every stage has an equal part of the whole. */
export function stageShare(stage: string, stages: readonly string[], story: Pick<Story, "stage" | "progress">): number {
  const current = stages.indexOf(story.stage ?? "");
  const at = stages.indexOf(stage);
  if (at !== current || current < 0) return at < current ? 1 : 0;
  return Math.min(Math.max((story.progress / 100) * stages.length - at, 0), 1);
}

/** The stages of a kind of work; noise reduction may be left out. */
export function stagesOfWork(kind: string, isDenoising: boolean): readonly string[] {
  if (kind === TRAIN) return TRAIN_STAGES;
  return isDenoising ? PROCESS_STAGES : PROCESS_STAGES.filter((stage) => stage !== "denoise_audio");
}
