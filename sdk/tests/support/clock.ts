import type { Clock } from "../../src/index.js";

/** Time that goes on when the test says so, and remembers what was waited for. */
export class FakeClock implements Clock {
  private time = Date.now();
  private timers = new Set<{ at: number; run: () => void }>();
  /** Every wait that was begun. */
  readonly waits: number[] = [];

  now(): number {
    return this.time;
  }

  after(milliseconds: number, run: () => void): () => void {
    const timer = { at: this.time + milliseconds, run };
    this.timers.add(timer);
    this.waits.push(milliseconds);
    return () => this.timers.delete(timer);
  }

  advance(milliseconds: number): void {
    const end = this.time + milliseconds;
    for (;;) {
      const due = [...this.timers].filter(({ at }) => at <= end).sort((a, b) => a.at - b.at)[0];
      if (!due) break;
      this.timers.delete(due);
      this.time = Math.max(this.time, due.at);
      due.run();
    }
    this.time = end;
  }
}

/** The system's time, except that nobody waits for long: what would be waited is only noted. */
export class HastyClock implements Clock {
  readonly waits: number[] = [];
  /** Added to the system's time. */
  shift = 0;

  /** Waits of at least `patience` (time limits of calls) are real. */
  constructor(private readonly patience = 15_000) {}

  now(): number {
    return Date.now() + this.shift;
  }

  after(milliseconds: number, run: () => void): () => void {
    if (milliseconds < this.patience) this.waits.push(milliseconds);
    const timer = setTimeout(run, milliseconds < this.patience ? 0 : milliseconds);
    return () => {
      clearTimeout(timer);
    };
  }
}
