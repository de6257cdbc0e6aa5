/** One character on the table: the work on it, and what is on its way to it. */

import { signal } from "@preact/signals";

import type { Sentence } from "../talk/types";
import { JobWatches } from "./job_watches";
import { Known } from "./known";
import { Making } from "./making";
import { Gone, unlessGone } from "./refusals";
import type { StudioRoom } from "./room";
import { samplePath, soundsOf } from "./server";
import { endOf, missingWork, newestJob, openJob, standingOf } from "./stages";
import { type Job, PROCESS, type Sample, TRAIN } from "./types";
import { UploadQueue } from "./upload_queue";
import { sender } from "./uploading";
import { wholeOf } from "./whole";

export class Desk extends Known {
  readonly trouble = signal<Sentence | null>(null);
  readonly making: Making;
  readonly watches: JobWatches;
  readonly uploads: UploadQueue;

  private asked = 0;
  private taken = 0;

  constructor(
    readonly name: string,
    readonly room: StudioRoom,
  ) {
    super();
    this.watches = new JobWatches(room.server, (job) => void this.ended(job));
    this.making = new Making(name);
    this.uploads = new UploadQueue(sender(room.server, name), () => this.changed());
  }

  async load(): Promise<void> {
    const asked = ++this.asked;
    try {
      await this.attempt(async () => {
        const whole = await wholeOf(this.room.server, this.name);
        if (asked <= this.taken) return;
        this.taken = asked;
        this.take(whole);
        const open = openJob(whole.jobs, this.name);
        if (open) this.watches.follow(open);
        if (this.making.isHalted.value && this.missing.length === 0) this.making.end();
      });
    } catch (error) {
      if (!(error instanceof Gone)) throw error;
      this.isGone.value = true;
    }
  }

  /** Looks again if work was begun or has ended elsewhere, in another window or a terminal. */
  async notice(): Promise<void> {
    const jobs = await this.room.server.jobs().catch(() => null);
    if (jobs && standingOf(jobs, this.name) !== standingOf(this.jobs.value, this.name)) await this.load();
  }

  /** Something was changed here: answers that are still on their way do not know of it. */
  ignoreEarlier(): void {
    this.taken = this.asked;
  }

  /** Follows the newest job of a kind, also one that has ended: its log and its curves are still there. */
  follow(kind: string): void {
    const job = newestJob(this.jobs.value, this.name, kind);
    if (job) this.watches.follow(job);
  }

  newest(kind: string): Job | null {
    return newestJob(this.jobs.value, this.name, kind);
  }

  async start(kind: string): Promise<boolean> {
    const { server } = this.room;
    const isStarted = await this.attempt(() =>
      kind === PROCESS ? server.process(this.name) : server.train(this.name),
    );
    await this.reload();
    return isStarted;
  }

  /** What is missing, in its order; each stage begins when the one before it has gone well. */
  async make(): Promise<void> {
    this.making.begin();
    // After work that is under way already it goes on by itself.
    if (!this.facts.value?.job) await this.goOn();
  }

  /** A training has spoken another sample, or taken those of an earlier one away; new ones have the same names. */
  async listenAgain(): Promise<void> {
    this.room.sounds.forgetBelow(samplePath(this.name, ""));
    const samples = await this.room.server.samples(this.name).catch(() => null);
    if (samples) this.samples.value = samples;
  }

  /** The choice of somebody who has listened. */
  async speakWith({ half, epoch }: Sample): Promise<void> {
    if (!(await this.change(() => this.room.server.speakWith(this.name, half, epoch)))) return;
    const of = this.room.say(`sampleOf_${half}`, { epoch });
    this.room.session.announce(this.room.say("pickedNow", { name: this.name, of }));
  }

  /** Takes away the voice and what trainings have left; what was heard of them sounds no more. */
  async startOver(): Promise<void> {
    this.room.sounds.stop();
    if (await this.change(() => this.room.server.startOver(this.name))) {
      this.room.sounds.forgetBelow(soundsOf(this.name));
      this.watches.forget(TRAIN);
    }
  }

  async cancel(job: string): Promise<void> {
    this.making.end();
    await this.attempt(() => this.room.server.cancel(job));
    await this.reload();
  }

  /** Does it and looks again; returns whether it went well. */
  async change(act: () => Promise<unknown>): Promise<boolean> {
    const isDone = await this.attempt(act);
    if (isDone) await this.load();
    return isDone;
  }

  /** Nobody looks: a browser has few connections to one server, and each job that is followed takes one. */
  rest(): void {
    if (!this.making.isGoing.value) this.watches.stop();
  }

  /** Whether something would be lost or halted if the page were closed now. */
  get isAtWork(): boolean {
    return this.making.isGoing.value || this.uploads.isAtWork;
  }

  close(): void {
    this.making.end();
    this.watches.stop();
    this.uploads.uploads.value.forEach(({ id }) => this.uploads.remove(id));
  }

  private attempt(act: () => Promise<unknown>): Promise<boolean> {
    return this.room.attempt(() => unlessGone(act()), this.trouble);
  }

  /** Looks again without taking away what is told. */
  private async reload(): Promise<void> {
    const told = this.trouble.value;
    await this.load();
    this.trouble.value ??= told;
  }

  private async goOn(): Promise<void> {
    const [next] = this.missing;
    if (!next || !(await this.start(next))) this.making.end();
  }

  private changed(): void {
    this.room.sounds.forgetBelow(soundsOf(this.name));
    void this.load();
  }

  private async ended(id: string): Promise<void> {
    this.room.sounds.forgetBelow(soundsOf(this.name));
    await this.load();
    const job = this.jobs.value.find((one) => one.id === id);
    if (job) this.room.session.announce(this.room.say(`ended_${endOf(job)}`, { name: this.name }));
    if (!this.making.isGoing.value) return;
    if (job?.state === "completed") await this.goOn();
    else this.making.end();
  }

  private get missing(): string[] {
    return this.facts.value ? missingWork(this.facts.value) : [];
  }
}
