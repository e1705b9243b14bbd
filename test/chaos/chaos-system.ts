import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { type HealthBody, healthBodySchema } from '../../shared/schemas/api/health.ts';
import { pipelineBodySchema } from '../../shared/schemas/api/pipeline.ts';
import { salesDailyBodySchema } from '../../shared/schemas/api/sales-daily.ts';
import { findProcesses, usesDirectory } from '../../workers/local/processes/find-processes.ts';
import { endProcess } from '../../workers/local/processes/leftover-processes.ts';
import { LEFTOVER_FILE } from '../../workers/local/redis-bridge/redis-process.ts';
import { RUNTIME_NOTE } from '../../workers/local/system/leftover-runtime.ts';
import { SALES_MEMORY } from '../../workers/local/system/sales-memory.ts';
import { ifAbsent } from '../../workers/trainer/data/absent-file.ts';
import { freePort, type LocalProcess, startLocalProcess } from '../support/processes/local-process.ts';
import { createFakeClock, type FakeClock, whyNoFakeClock } from './fake-clock.ts';
import { HealthWatch } from './health-watch.ts';
import { FAMILY, STORE_NBR, writeShop } from './shop.ts';
import { mountSmallDisk, type SmallDisk, whyNoSmallDisk } from './small-disk.ts';
import { Till } from './till.ts';

export interface ChaosOptions {
  readonly store: 'embedded' | 'redis';
  readonly split: boolean;
  readonly partitions: number;
}

/** Notes in the data directory that one process leaves for the next. */
export const NOTES = [RUNTIME_NOTE, 'instance.json', SALES_MEMORY, join('redis', LEFTOVER_FILE)] as const;

/** Ticks a second: one every five seconds, so that two ticks are ten. */
const SPEED = 0.2;
/** Milliseconds between two ticks. */
export const TICK_MS = 1000 / SPEED;
const REQUEST_TIMEOUT_MS = 5000;
/** Deliveries after a fault that must be acknowledged and counted before the system works again. */
const NEW_DELIVERIES = 2;

/** A local system on a disk and with a clock of its own, and a till that sends it sales without a pause. */
export class ChaosSystem {
  readonly options: ChaosOptions;
  readonly dataDir: string;
  readonly till: Till;
  readonly watch: HealthWatch;
  /** Null where none can be mounted. */
  readonly disk: SmallDisk | null;
  /** Null where none can be made. */
  readonly clock: FakeClock | null;
  /** The notes of the first start, by their names. */
  readonly firstNotes = new Map<string, string>();
  readonly #folder: string;
  readonly #port: number;
  #process: LocalProcess | null = null;
  #key = '';
  readonly #stopping = new AbortController();
  readonly #loops: Promise<void>[] = [];

  private constructor(folder: string, options: ChaosOptions, port: number) {
    this.options = options;
    this.dataDir = join(folder, 'data');
    this.#folder = folder;
    this.#port = port;
    this.disk = whyNoSmallDisk === null ? mountSmallDisk(this.dataDir) : null;
    this.clock = whyNoFakeClock === null ? createFakeClock(folder) : null;
    this.till = new Till({ origin: this.origin, key: () => this.#key });
    this.watch = new HealthWatch({
      till: this.till,
      tickMs: TICK_MS,
      readHealth: async () => (await this.health()).status,
      readCounted: () => this.counted(),
    });
  }

  static async create(options: ChaosOptions): Promise<ChaosSystem> {
    const folder = await mkdtemp(join(tmpdir(), 'chaos-'));
    const system = new ChaosSystem(folder, options, await freePort());
    try {
      await writeShop(join(folder, 'shop'));
      await system.start();
      for (const note of NOTES) {
        const content = await readFile(join(system.dataDir, note), 'utf8').catch(ifAbsent(null));
        if (content !== null) system.firstNotes.set(note, content);
      }
    } catch (error) {
      await system.stop();
      throw error;
    }
    const { signal } = system.#stopping;
    system.#loops.push(system.till.run(signal), system.watch.run(signal));
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
    const { store, split, partitions } = this.options;
    return [
      ...['--dataset', join(this.#folder, 'shop'), '--data-dir', this.dataDir, '--speed', String(SPEED)],
      ...['--store', store, '--partitions', String(partitions), ...(split ? ['--split'] : [])],
    ];
  }

  /** @throws with everything it printed when it ends before it is ready. */
  async start(...more: string[]): Promise<void> {
    this.#process = await startLocalProcess([...this.arguments(), ...more], this.#port, this.clock?.env);
    this.#key = /with the key ([0-9a-f]{32})/.exec(this.#process.output())?.[1] ?? '';
  }

  /** Sends a signal to the children of the main process with this name. @throws where there is none. */
  async signalChildren(name: string, signal: NodeJS.Signals): Promise<void> {
    const { pid } = this.process;
    const found = (await findProcesses()).filter((child) => child.parent === pid && child.name === name);
    if (found.length === 0) throw new Error(`there is no ${name} to send ${signal} to`);
    for (const child of found) process.kill(child.pid, signal);
  }

  async health(): Promise<HealthBody> {
    return healthBodySchema.parse(await (await this.#fetch('/v1/health')).json());
  }

  /** Units that the API counts, over all live days. @throws without an answer. */
  async counted(): Promise<number> {
    const query = new URLSearchParams({ store_nbr: STORE_NBR, family: FAMILY, days: '5' });
    const response = await this.#fetch(`/v1/sales/daily?${query}`);
    if (!response.ok) throw new Error(`GET /v1/sales/daily returned ${response.status}`);
    const { points, today } = salesDailyBodySchema.parse(await response.json());
    // The shop's own history sold nothing of the series that the till sends.
    return points.reduce((sum, { units }) => sum + (units ?? 0), today.units);
  }

  /** What the API counts, once nothing waits to be counted; null while something does or nothing answers. */
  async settled(): Promise<number | null> {
    try {
      const response = await this.#fetch('/v1/pipeline');
      const { waiting_entries: waiting, partitions } = pipelineBodySchema.parse(await response.json());
      const isCounted = waiting === 0 && partitions.every(({ answers }) => answers);
      return isCounted ? await this.counted() : null;
    } catch {
      return null;
    }
  }

  /**
   * Waits until new deliveries are acknowledged and everything that was ever acknowledged is counted, once.
   *
   * @returns what is wrong when that takes longer; null when all is right.
   */
  async countsAgain(timeoutMs: number): Promise<string | null> {
    const until = performance.now() + timeoutMs;
    const { till } = this;
    const wanted = till.deliveries + NEW_DELIVERIES;
    while (till.deliveries < wanted) {
      if (performance.now() > until) return `no delivery is taken again; the last answer: ${till.lastAnswer}`;
      await wait(100);
    }
    let problem = 'a delivery has no answer';
    till.isPaused = true;
    try {
      while (performance.now() < until) {
        await wait(250);
        const [counted, sent] = [await this.settled(), till.acknowledged];
        if (till.rejection !== null) return `a sale was rejected: ${till.rejection}`;
        if (sent === null) continue;
        if (counted === sent) return null;
        problem =
          counted === null
            ? 'what waits is not counted again'
            : `${Math.abs(counted - sent)} of ${sent} units ${counted > sent ? 'too many' : 'missing'}`;
      }
      return problem;
    } finally {
      till.isPaused = false;
    }
  }

  /** Ends everything that runs on the data directory, also what survived its parent. */
  async stop(): Promise<void> {
    this.#stopping.abort();
    await Promise.all(this.#loops);
    await this.#process?.kill();
    await endProcessesOn(this.dataDir);
    this.disk?.unmount();
    await rm(this.#folder, { recursive: true, force: true });
  }

  #fetch(path: string): Promise<Response> {
    return fetch(this.origin + path, { signal: AbortSignal.timeout(REQUEST_TIMEOUT_MS) });
  }
}

/** Ends what has files of a directory open, also what survived its parent. */
export async function endProcessesOn(directory: string): Promise<void> {
  for (const found of await findProcesses()) {
    if (await usesDirectory(found, directory)) endProcess(found);
  }
}
