/** The stages from a recording to a voice that talks: how far each is, what can be done, and if not, why. */

import type { StageName } from "./route";
import type { Character, ClipReport, Job, Recording, WorkStatus } from "./types";
import { PROCESS, TRAIN } from "./types";
import type { StudioWord } from "./words";

export type Standing = "none" | "open" | "running" | "done" | "stale" | "failed";

export interface Facts {
  readonly character: Character;
  readonly recordings: readonly Recording[];
  /** null: nothing has been processed. */
  readonly report: ClipReport | null;
  /** The job that is under way. */
  readonly job: Job | null;
  readonly hasSpoken: boolean;
  readonly hasPersona: boolean;
}

export interface Stage {
  readonly name: StageName;
  readonly standing: Standing;
  /** Why nothing can be done here yet; null where something can. */
  readonly obstacle: StudioWord | null;
}

const STANDINGS: Readonly<Record<WorkStatus, Standing>> = {
  pending: "open",
  running: "running",
  completed: "done",
  failed: "failed",
  cancelled: "open",
  outdated: "stale",
};

export function stagesOf(facts: Facts): Stage[] {
  const { character, report } = facts;
  const kept = report?.summary.clips_kept ?? 0;
  const stage = (name: StageName, standing: Standing, obstacle: StudioWord | null): Stage => ({
    name,
    // What cannot be begun yet is not waiting for anybody.
    standing: obstacle && standing === "open" ? "none" : standing,
    obstacle,
  });
  return [
    stage("recordings", character.audio_count > 0 ? "done" : "open", null),
    stage("clips", STANDINGS[character.audio_processing_status], processObstacle(facts)),
    stage("transcripts", kept > 0 ? "done" : "open", report ? null : "whyNoClips"),
    stage("training", STANDINGS[character.training_status], trainObstacle(facts)),
    stage("try", facts.hasSpoken ? "done" : "open", character.model_exists ? null : "whyNoModel"),
    stage("persona", facts.hasPersona ? "done" : "open", null),
  ];
}

export function processObstacle({ character, job }: Facts): StudioWord | null {
  if (character.audio_count === 0) return "whyNoRecordings";
  return job ? "whyBusy" : null;
}

export function trainObstacle({ character, report, job }: Facts): StudioWord | null {
  if (job) return "whyBusy";
  if (character.audio_processing_status === "outdated") return "whyOutdated";
  if (character.audio_processing_status !== "completed" || !report) return "whyNoClips";
  return report.summary.clips_kept === 0 ? "whyNoneKept" : null;
}

/** The work that is missing between the recordings and a voice, in its order. */
export function missingWork({ character }: Facts): string[] {
  if (character.audio_count === 0) return [];
  const isProcessed = character.audio_processing_status === "completed";
  // Other clips make another voice.
  const isTrained = isProcessed && character.training_status === "completed";
  return [...(isProcessed ? [] : [PROCESS]), ...(isTrained ? [] : [TRAIN])];
}

/** The newest job of a kind; the list has the newest first. */
export function newestJob(jobs: readonly Job[], subject: string, kind: string): Job | null {
  return jobs.find((job) => job.subject === subject && job.kind === kind) ?? null;
}

export function openJob(jobs: readonly Job[], subject: string): Job | null {
  return jobs.find((job) => job.subject === subject && isOpen(job)) ?? null;
}

/** Differs as soon as there is another job, or one of them has another state. */
export function standingOf(jobs: readonly Job[], subject: string): string {
  return jobs
    .filter((job) => job.subject === subject)
    .map(({ id, state }) => `${id} ${state}`)
    .join();
}

export function isOpen({ state }: Job): boolean {
  return state === "pending" || state === "running";
}

export function minutesOf(recordings: readonly Recording[]): number {
  return recordings.reduce((sum, { duration }) => sum + (duration ?? 0), 0) / 60;
}

/** In which words the end of a job is told. */
export function endOf({ state, kind }: Job): "failed" | "cancelled" | "processed" | "trained" {
  if (state === "failed" || state === "cancelled") return state;
  return kind === TRAIN ? "trained" : "processed";
}
