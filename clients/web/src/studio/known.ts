/** What is known of one character, as it was last told. */

import { batch, computed, signal } from "@preact/signals";

import { type Facts, openJob, stagesOf } from "./stages";
import type { Character, ClipReport, Inference, Job, Persona, Recording, Sample } from "./types";
import type { Whole } from "./whole";

export class Known {
  /** null: not loaded yet. */
  readonly character = signal<Character | null>(null);
  readonly isGone = signal(false);
  readonly recordings = signal<readonly Recording[]>([]);
  readonly report = signal<ClipReport | null>(null);
  readonly jobs = signal<readonly Job[]>([]);
  readonly spoken = signal<readonly Inference[]>([]);
  readonly persona = signal<Persona | null>(null);
  readonly samples = signal<readonly Sample[]>([]);
  readonly facts = computed<Facts | null>(() => this.gathered());
  readonly stages = computed(() => (this.facts.value ? stagesOf(this.facts.value) : []));

  protected take(whole: Whole): void {
    batch(() => {
      this.isGone.value = false;
      this.character.value = whole.character;
      this.recordings.value = whole.recordings;
      this.report.value = whole.report;
      this.jobs.value = whole.jobs;
      this.spoken.value = whole.spoken;
      this.persona.value = whole.persona;
      this.samples.value = whole.samples;
    });
  }

  private gathered(): Facts | null {
    const character = this.character.value;
    if (!character) return null;
    const persona = this.persona.value;
    return {
      character,
      recordings: this.recordings.value,
      report: this.report.value,
      job: openJob(this.jobs.value, character.character_name),
      hasSpoken: this.spoken.value.some(({ status }) => status === "completed"),
      hasPersona: Boolean(persona && (persona.system || persona.about || persona.clip)),
    };
  }
}
