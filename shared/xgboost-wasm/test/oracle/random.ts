import { randomFrom } from './mutations.ts';

/** Random draws for models and rows, all from one seed. */
export class Draws {
  private readonly next: () => number;

  constructor(seed: number) {
    // Neighbouring seeds of an xorshift give neighbouring first numbers, so the seed is mixed and some numbers are
    // skipped.
    this.next = randomFrom(Math.imul(seed, 0x9e3779b1) ^ 0x5bd1e995);
    for (let i = 0; i < 8; i++) this.next();
  }

  /** Uniform in [0, 1). */
  share(): number {
    return this.next();
  }

  /** Whether an event of this probability happens. */
  chance(probability: number): boolean {
    return this.next() < probability;
  }

  /** An integer in `low..high`, both included. */
  integer(low: number, high: number): number {
    return low + Math.floor(this.next() * (high - low + 1));
  }

  pick<T>(items: readonly [T, ...T[]]): T {
    return items[this.integer(0, items.length - 1)] ?? items[0];
  }

  /** Roughly normal, rounded to float32. */
  ordinary(): number {
    return Math.fround((this.next() + this.next() + this.next() - 1.5) * 2);
  }
}
