import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { healthBodySchema } from '../../shared/schemas/api/health.ts';
import { salesDailyBodySchema } from '../../shared/schemas/api/sales-daily.ts';
import { findProcesses } from '../../workers/local/processes/find-processes.ts';
import { freePort, type LocalProcess, startLocalProcess } from '../support/processes/local-process.ts';
import { FAMILY, STORE_NBR, writeShop } from './shop.ts';

export interface ChaosOptions {
  readonly store: 'embedded' | 'redis';
  readonly split: boolean;
  readonly partitions: number;
}

/** Ticks a second: one every five seconds, so that two ticks are ten. */
const SPEED = '0.2';
const DELIVERY_INTERVAL_MS = 250;
const REQUEST_TIMEOUT_MS = 5000;
/** Milliseconds between two ticks. */
const TICK_MS = 1000 / Number(SPEED);
/** A delivery without an answer for so long, or sales that are not counted a tick later, are a fault. */
const STUCK_MS = 3000;

interface Row {
  readonly id: string;
  readonly ts: number;
  readonly store_nbr: string;
  readonly family: string;
  readonly units: number;
}

/**
 * A local system and a till that sends it sales without a pause. The till keeps its own account: a delivery that was
 * answered is acknowledged for good, one without an answer is sent again until it is.
 */
export class ChaosSystem {
  readonly dataDir: string;
  readonly dataset: string;
  readonly #options: ChaosOptions;
  readonly #port: number;
  #process: LocalProcess | null = null;
  #key = '';
  #acknowledged = 0;
  #pending: Row[] = [];
  #sent = 0;
  #pendingSince = 0;
  #countedAt = 0;
  #counted = 0;
  /** No new deliveries, but what has no answer is sent again. */
  #isPaused = false;
  /** No deliveries at all. */
  #isHeld = false;
  #isSending = false;
  #lieSince: number | null = null;
  #longestLie = 0;
  readonly #stopping = new AbortController();
  readonly #loops: Promise<void>[] = [];

  private constructor(folder: string, options: ChaosOptions, port: number) {
    this.dataDir = join(folder, 'data');
    this.dataset = join(folder, 'shop');
    this.#options = options;
    this.#port = port;
  }

  static async create(options: ChaosOptions): Promise<ChaosSystem> {
    const folder = await mkdtemp(join(tmpdir(), 'chaos-'));
    const system = new ChaosSystem(folder, options, await freePort());
    await writeShop(system.dataset);
    await system.start();
    system.#loops.push(system.#deliver(), system.#watchHealth());
    return system;
  }

  get origin(): string {
    return `http://127.0.0.1:${this.#port}`;
  }

  get key(): string {
    return this.#key;
  }

  get process(): LocalProcess {
    if (this.#process === null) throw new Error('the system does not run');
    return this.#process;
  }

  arguments(): string[] {
    const { store, split, partitions } = this.#options;
    return [
      ...['--dataset', this.dataset, '--data-dir', this.dataDir, '--speed', SPEED],
      ...['--store', store, '--partitions', String(partitions), ...(split ? ['--split'] : [])],
    ];
  }

  /** @throws with everything it printed when it ends before it is ready. */
  async start(...more: string[]): Promise<void> {
    this.#process = await startLocalProcess([...this.arguments(), ...more], this.#port);
    this.#key = /with the key ([0-9a-f]{32})/.exec(this.#process.output())?.[1] ?? '';
  }

  /** Children of the main process by name, such as `workerd`. */
  async children(name: string): Promise<number[]> {
    const { pid } = this.process;
    return (await findProcesses())
      .filter((found) => found.parent === pid && found.name === name)
      .map((c) => c.pid);
  }

  /** Does something while the till sends nothing at all. */
  async withoutTill(work: () => Promise<void>): Promise<void> {
    this.#isHeld = true;
    try {
      while (this.#isSending) await wait(20);
      await work();
    } finally {
      const now = performance.now();
      [this.#pendingSince, this.#countedAt] = [now, now];
      this.#isHeld = false;
    }
  }

  /** Forgets what was acknowledged: a fault has destroyed it, and the system has said so. Call it without the till. */
  forget(): void {
    this.#acknowledged = 0;
  }

  /** Units that every answered delivery adds up to; null while one has no answer yet. */
  get acknowledged(): number | null {
    return this.#pending.length === 0 ? this.#acknowledged : null;
  }

  /** For how long without a break health said `ok` although nothing could be sent or counted, in milliseconds. */
  get longestLieMs(): number {
    return this.#longestLie;
  }

  /** Units that the API counts, over all live days. */
  async counted(): Promise<number> {
    const query = new URLSearchParams({ store_nbr: STORE_NBR, family: FAMILY, days: '5' });
    const response = await this.#fetch(`/v1/sales/daily?${query}`);
    if (!response.ok) throw new Error(`GET /v1/sales/daily returned ${response.status}`);
    const { points, today } = salesDailyBodySchema.parse(await response.json());
    // The shop's own history sold nothing of the series that the till sends.
    return points.reduce((sum, { units }) => sum + (units ?? 0), today.units);
  }

  /** Sends nothing new and waits until everything is answered and counted. @returns the difference, 0 when all is right. */
  async settle(timeoutMs: number): Promise<number> {
    const until = performance.now() + timeoutMs;
    let difference = Number.NaN;
    this.#isPaused = true;
    try {
      while (performance.now() < until) {
        await wait(500);
        const sent = this.acknowledged;
        if (sent === null) continue;
        difference = (await this.counted().catch(() => Number.NaN)) - sent;
        if (difference === 0) return 0;
      }
      return difference;
    } finally {
      this.#isPaused = false;
    }
  }

  async stop(): Promise<void> {
    this.#stopping.abort();
    await Promise.all(this.#loops);
    await this.#process?.kill();
    await rm(join(this.dataDir, '..'), { recursive: true, force: true });
  }

  #fetch(path: string, init: RequestInit = {}): Promise<Response> {
    return fetch(this.origin + path, { ...init, signal: AbortSignal.timeout(REQUEST_TIMEOUT_MS) });
  }

  /** One delivery after the other; what is not answered is sent again as it was. */
  async #deliver(): Promise<void> {
    while (!this.#stopping.signal.aborted) {
      this.#isSending = false;
      await wait(DELIVERY_INTERVAL_MS);
      if (this.#isHeld) continue;
      this.#isSending = true;
      if (this.#pending.length === 0) {
        if (this.#isPaused) continue;
        this.#pending = this.#draw();
        this.#pendingSince = performance.now();
      }
      const body = JSON.stringify(this.#pending);
      const headers = { 'Content-Type': 'application/json', Authorization: `Bearer ${this.#key}` };
      try {
        const response = await this.#fetch('/v1/transactions', { method: 'POST', headers, body });
        const text = await response.text();
        if (!response.ok) continue;
        const { rejected = [] } = JSON.parse(text) as { rejected?: unknown[] };
        if (rejected.length > 0) throw new Error(`rejected: ${text}`);
        this.#acknowledged += this.#pending.reduce((sum, { units }) => sum + units, 0);
        this.#pending = [];
      } catch {
        // Without an answer it is not known whether it was taken: it is sent again.
      }
    }
  }

  #draw(): Row[] {
    return Array.from({ length: 1 + (this.#sent % 4) }, () => ({
      id: `till-${this.#sent++}-${randomBytes(4).toString('hex')}`,
      ts: Date.now() - 1000,
      ...{ store_nbr: STORE_NBR, family: FAMILY, units: 1 + (this.#sent % 9), onpromotion: 0 },
    }));
  }

  /** Notes for how long health says `ok` while sales are neither taken nor counted. */
  async #watchHealth(): Promise<void> {
    while (!this.#stopping.signal.aborted) {
      await wait(500);
      const [health, counted] = await Promise.all([
        this.#fetch('/v1/health')
          .then(async (response) => healthBodySchema.parse(await response.json()).status)
          .catch(() => null),
        this.counted().catch(() => null),
      ]);
      const now = performance.now();
      if (counted !== null && (counted !== this.#counted || counted >= this.#acknowledged))
        this.#countedAt = now;
      this.#counted = counted ?? this.#counted;
      const isSent = this.#pending.length === 0 || now - this.#pendingSince < STUCK_MS;
      const isCounted = now - this.#countedAt < STUCK_MS + TICK_MS;
      if (health !== 'ok' || (isSent && isCounted) || this.#isHeld) this.#lieSince = null;
      else {
        this.#lieSince ??= now;
        this.#longestLie = Math.max(this.#longestLie, now - this.#lieSince);
      }
    }
  }
}
