import type { Alert, AlertState } from './alert.js';
import { LineRank } from './line-rank.js';
import type { Ranked } from './line-rank.js';
import type { PriceWindow, Sample } from './price-window.js';
import { changeOf } from './threshold.js';
import type { Measure } from './threshold.js';
import { percentOf, stateAfter } from './turning-lines.js';
import type { Line, Lines } from './turning-lines.js';

/** An alert in memory. */
export class Watched implements Ranked {
  /** What it turns to is being written, or waits for that: until then it is not looked at. */
  isTurning = false;

  constructor(
    public alert: Alert,
    private readonly lines: Lines,
    readonly quantity: Quantity,
  ) {}

  get name(): string {
    return this.alert.id;
  }

  get line(): Line {
    return this.lines[stateAfter(this.alert.state)];
  }
}

/** Alerts that turn to the same state at once. */
export interface Crossing {
  to: AlertState;
  watched: Watched[];
  /** Percent; undefined but for changes. */
  changePct: string | undefined;
}

interface Reading {
  measure: Measure;
  changePct: () => string | undefined;
}

/** What alerts of one pair compare with their lines, and who they are: each is touched only when its line is crossed. */
export abstract class Quantity {
  /** How many alerts it is read for, turning ones too. */
  users = 0;
  readonly #ranks: { to: AlertState; rank: LineRank<Watched> }[] = [];

  add(one: Watched): void {
    this.#rankOf(one).add(one);
  }

  remove(one: Watched): void {
    this.#rankOf(one).remove(one);
  }

  /** Those that turn at this course, marked as turning, and waiting here no more until they are added again. */
  hear(sample: Sample): Crossing[] {
    const reading = this.read(sample);
    if (!reading) return [];
    const crossings = this.#ranks.map(({ to, rank }) => ({ to, watched: rank.cut(reading.measure) }));
    return crossings
      .filter(({ watched }) => watched.length > 0)
      .map((crossing) => {
        for (const one of crossing.watched) one.isTurning = true;
        return { ...crossing, changePct: reading.changePct() };
      });
  }

  /** Undefined where it cannot be told. */
  protected abstract read(sample: Sample): Reading | undefined;

  #rankOf({ alert, line }: Watched): LineRank<Watched> {
    const to = stateAfter(alert.state);
    const found = this.#ranks.find(({ to: state, rank }) => state === to && rank.side === line.side);
    if (found) return found.rank;
    const rank = new LineRank<Watched>(line.side);
    this.#ranks.push({ to, rank });
    return rank;
  }
}

/** The course itself. */
export class CourseQuantity extends Quantity {
  protected read({ measure }: Sample): Reading {
    return { measure, changePct: () => undefined };
  }
}

/** How far the course moved over a window; nothing is told before what is known from earlier was put into that. */
export class ChangeQuantity extends Quantity {
  isSeeded = false;

  constructor(readonly window: PriceWindow) {
    super();
  }

  seed(samples: readonly Sample[]): void {
    this.window.seed(samples);
    this.isSeeded = true;
  }

  protected read(sample: Sample): Reading | undefined {
    this.window.add(sample);
    const base = this.isSeeded ? this.window.base(sample.at) : undefined;
    const change = base && changeOf(base, sample.measure);
    return change && { measure: change.size, changePct: () => percentOf(change) };
  }
}
