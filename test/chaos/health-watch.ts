import { setTimeout as wait } from 'node:timers/promises';
import type { Till } from './till.ts';

const INTERVAL_MS = 500;
/** A delivery without an answer for so long, or sales that are not counted a tick later, are a fault. */
const STUCK_MS = 3000;

export interface HealthWatchOptions {
  readonly till: Till;
  /** Milliseconds between two ticks. */
  readonly tickMs: number;
  /** The status that health gives. @throws without an answer. */
  readonly readHealth: () => Promise<string>;
  /** Units that the system counts. @throws without an answer. */
  readonly readCounted: () => Promise<number>;
}

/** Notes for how long health says `ok` while sales are neither taken nor counted. */
export class HealthWatch {
  readonly #options: HealthWatchOptions;
  #status: string | null = null;
  #readings = { ok: 0, notOk: 0, silent: 0 };
  #counted = 0;
  #countedAt = performance.now();
  #lieSince: number | null = null;
  #longestLie = 0;

  constructor(options: HealthWatchOptions) {
    this.#options = options;
  }

  /** The status of the newest reading; null where it had no answer. */
  get status(): string | null {
    return this.#status;
  }

  /** How often health was `ok`, was not, and did not answer. */
  get readings(): Readonly<{ ok: number; notOk: number; silent: number }> {
    return this.#readings;
  }

  /** For how long without a break health said `ok` although nothing could be sent or counted, in milliseconds. */
  get longestLieMs(): number {
    return this.#longestLie;
  }

  /** Reads until the signal. */
  async run(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      await wait(INTERVAL_MS);
      await this.#look();
    }
  }

  async #look(): Promise<void> {
    const { till, tickMs, readHealth, readCounted } = this.#options;
    const [status, counted] = await Promise.all([
      readHealth().catch(() => null),
      readCounted().catch(() => null),
    ]);
    this.#status = status;
    this.#readings[status === null ? 'silent' : status === 'ok' ? 'ok' : 'notOk']++;
    const now = performance.now();
    const isComplete = counted !== null && counted >= till.acknowledgedAtLeast;
    if (till.isHeld || isComplete || (counted !== null && counted !== this.#counted)) this.#countedAt = now;
    this.#counted = counted ?? this.#counted;
    const works = till.waitingMs < STUCK_MS && now - this.#countedAt < STUCK_MS + tickMs;
    if (status !== 'ok' || works || till.isHeld) this.#lieSince = null;
    else {
      this.#lieSince ??= now;
      this.#longestLie = Math.max(this.#longestLie, now - this.#lieSince);
    }
  }
}
