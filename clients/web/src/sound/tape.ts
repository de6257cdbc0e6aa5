/** Pieces of sound one after the other, and which of them a playing position has reached. Knows no device. */

export interface TapeListener {
  onStarted: (piece: number) => void;
  onEnded: (piece: number) => void;
  onIdle: () => void;
}

interface Stretch {
  readonly piece: number;
  readonly from: number;
  to: number;
  isComplete: boolean;
  isStarted: boolean;
  isEnded: boolean;
}

/** Positions are samples since the last drop(). Pieces come in order: one ends before the next begins. */
export class Tape {
  private stretches: Stretch[] = [];
  private isIdleTold = true;
  private end_ = 0;

  /** Where the next sound goes. */
  get end(): number {
    return this.end_;
  }

  append(piece: number, samples: number): void {
    this.stretch(piece).to += samples;
    this.end_ += samples;
    this.isIdleTold = false;
  }

  complete(piece: number): void {
    this.stretch(piece).isComplete = true;
    this.isIdleTold = false;
  }

  drop(): void {
    this.stretches = [];
    this.isIdleTold = true;
    this.end_ = 0;
  }

  played(piece: number, position: number): number {
    const stretch = this.stretches.find((other) => other.piece === piece);
    return stretch ? Math.max(0, Math.min(position, stretch.to) - stretch.from) : 0;
  }

  isIdle(position: number): boolean {
    return position >= this.end_;
  }

  /** Tells what has begun and ended up to this position; a listener may drop the tape meanwhile. */
  tell(position: number, listener: TapeListener): void {
    for (const stretch of [...this.stretches]) {
      if (!this.stretches.includes(stretch)) return;
      this.tellOf(stretch, position, listener);
    }
    if (this.isIdleTold || !this.isIdle(position)) return;
    this.isIdleTold = true;
    listener.onIdle();
  }

  private tellOf(stretch: Stretch, position: number, listener: TapeListener): void {
    const hasBegun =
      stretch.to > stretch.from ? position > stretch.from : stretch.isComplete && position >= stretch.from;
    if (hasBegun && !stretch.isStarted) {
      stretch.isStarted = true;
      listener.onStarted(stretch.piece);
    }
    if (stretch.isStarted && !stretch.isEnded && stretch.isComplete && position >= stretch.to) {
      stretch.isEnded = true;
      if (this.stretches.includes(stretch)) listener.onEnded(stretch.piece);
    }
  }

  private stretch(piece: number): Stretch {
    const last = this.stretches[this.stretches.length - 1];
    if (last?.piece === piece) return last;
    const added = { piece, from: this.end_, to: this.end_, isComplete: false, isStarted: false, isEnded: false };
    this.stretches.push(added);
    return added;
  }
}
