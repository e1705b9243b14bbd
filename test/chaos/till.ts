import { randomBytes } from 'node:crypto';
import { setTimeout as wait } from 'node:timers/promises';
import { FAMILY, STORE_NBR } from './shop.ts';

const DELIVERY_INTERVAL_MS = 250;
const ANSWER_MS = 5000;

export interface Sale {
  readonly id: string;
  readonly ts: number;
  readonly store_nbr: string;
  readonly family: string;
  readonly units: number;
  readonly onpromotion: number;
}

export interface TillOptions {
  readonly origin: string;
  /** The key of deliveries: it is known once the system runs. */
  readonly key: () => string;
}

/**
 * A till that sends sales without a pause and keeps its own account: a delivery that was answered is acknowledged for
 * good, one without an answer is sent again as it was until it is.
 */
export class Till {
  readonly #options: TillOptions;
  #acknowledged = 0;
  #deliveries = 0;
  #refusals = 0;
  #lastAnswer = 'none yet';
  #rejection: string | null = null;
  #pending: readonly Sale[] = [];
  #pendingSince = 0;
  readonly #next: (readonly Sale[])[] = [];
  #sent = 0;
  #isSending = false;
  /** No new deliveries, but what has no answer is sent again. */
  isPaused = false;
  /** No deliveries at all. */
  isHeld = false;

  constructor(options: TillOptions) {
    this.#options = options;
  }

  /** Units of all acknowledged deliveries; null while a delivery has no answer, as it may have been taken or not. */
  get acknowledged(): number | null {
    return this.#pending.length === 0 ? this.#acknowledged : null;
  }

  /** At least so many units are acknowledged. */
  get acknowledgedAtLeast(): number {
    return this.#acknowledged;
  }

  /** Acknowledged deliveries, since the beginning. */
  get deliveries(): number {
    return this.#deliveries;
  }

  /** Deliveries that were answered with an error, since the beginning. */
  get refusals(): number {
    return this.#refusals;
  }

  /** What the newest delivery was answered with. */
  get lastAnswer(): string {
    return this.#lastAnswer;
  }

  /** The answer that rejected a sale, which no fault excuses; null where none was. */
  get rejection(): string | null {
    return this.#rejection;
  }

  /** For how long the oldest delivery has been without an answer. */
  get waitingMs(): number {
    return this.#pending.length === 0 ? 0 : performance.now() - this.#pendingSince;
  }

  /** Sends one delivery after the other until the signal. */
  async run(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      this.#isSending = false;
      await wait(DELIVERY_INTERVAL_MS);
      if (this.isHeld) continue;
      if (this.#pending.length === 0) {
        if (this.isPaused && this.#next.length === 0) continue;
        this.#pending = this.#next.shift() ?? this.draw();
        this.#pendingSince = performance.now();
      }
      this.#isSending = true;
      await this.#send().catch((error: unknown) => {
        // Without an answer it is not known whether it was taken: it is sent again.
        this.#lastAnswer = String(error);
      });
    }
  }

  /** Does something while nothing is sent at all. */
  async hold<T>(work: () => Promise<T>): Promise<T> {
    this.isHeld = true;
    try {
      while (this.#isSending) await wait(20);
      return await work();
    } finally {
      this.#pendingSince = performance.now();
      this.isHeld = false;
    }
  }

  /** New sales, which are in no account until they are sent. */
  draw(count = 1 + (this.#sent % 4)): Sale[] {
    return Array.from({ length: count }, () => ({
      id: `till-${this.#sent++}-${randomBytes(4).toString('hex')}`,
      ts: Date.now() - 1000,
      ...{ store_nbr: STORE_NBR, family: FAMILY, units: 1 + (this.#sent % 9), onpromotion: 0 },
    }));
  }

  /** Sales that were sent once, with an answer that was lost: they are sent until they have one. */
  sendAgain(sales: readonly Sale[]): void {
    this.#next.push(sales);
  }

  /** What is left of the acknowledged units after a fault that has destroyed some, which the system has reported. */
  keep(units: number): void {
    this.#acknowledged = units;
  }

  async #send(): Promise<void> {
    const { origin, key } = this.#options;
    const response = await fetch(`${origin}/v1/transactions`, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json', Authorization: `Bearer ${key()}` },
      body: JSON.stringify(this.#pending),
      signal: AbortSignal.timeout(ANSWER_MS),
    });
    const text = await response.text();
    this.#lastAnswer = `${response.status} ${text.slice(0, 300)}`;
    if (!response.ok) {
      this.#refusals++;
      return;
    }
    const { rejected = [] } = JSON.parse(text) as { rejected?: unknown[] };
    if (rejected.length > 0) this.#rejection ??= text;
    this.#acknowledged += this.#pending.reduce((sum, { units }) => sum + units, 0);
    this.#deliveries++;
    this.#pending = [];
  }
}
