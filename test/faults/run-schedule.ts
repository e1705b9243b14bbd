import { setTimeout as wait } from 'node:timers/promises';
import { type EntryId, parseEntryId } from '../../shared/sales-store/entry-id.ts';
import type { SalesStore, StreamEntry } from '../../shared/sales-store/sales-store.ts';
import { type PipelineFixture, tickAt } from '../support/pipeline/pipeline-fixture.ts';
import { checkOutcome, type SentRecord } from './check-outcome.ts';
import { deliver } from './deliver.ts';
import { persistent } from './persistent.ts';
import type { Random } from './random.ts';
import { type Action, type IngestRow, makeFault, type Schedule } from './schedule.ts';
import type { FaultTarget } from './target.ts';

/** Runs that the healed system may take to finish its work. */
const HEALING_RUNS = 200;

/** What a run of a schedule met; problems is empty when everything was counted exactly once. */
export interface ScheduleOutcome {
  readonly problems: readonly string[];
  readonly failedActions: number;
}

/** Plays a schedule, lets the system heal, and compares what it counted with what was sent. */
export async function runSchedule(
  schedule: Schedule,
  random: Random,
  pipeline: PipelineFixture,
  target: FaultTarget,
): Promise<ScheduleOutcome> {
  const sent: SentRecord = { acknowledged: [], doubtful: [], till: { sent: new Set(), answered: [] } };
  let failedActions = 0;
  target.setNetwork(() => makeFault(random, schedule.faultRate));
  for (const step of schedule.steps) {
    const results = await Promise.allSettled(
      step.map((action) => perform(action, schedule, random, pipeline, target, sent)),
    );
    failedActions += results.filter(({ status }) => status === 'rejected').length;
  }
  target.setNetwork(null);
  await heal(schedule, pipeline, target.store);
  // Another schedule may have killed the database that both use.
  const store = persistent(target.store, { attempts: 100, pauseMs: 20 });
  return { problems: await checkOutcome(schedule.lastTick, pipeline, store, sent), failedActions };
}

async function perform(
  action: Action,
  { seed }: Schedule,
  random: Random,
  pipeline: PipelineFixture,
  target: FaultTarget,
  sent: SentRecord,
): Promise<void> {
  switch (action.kind) {
    case 'kill-database':
      return target.killDatabase();
    case 'restart-endpoint':
      return target.restartEndpoint();
    case 'ingest':
      return ingest(target.store, `${seed} ${random.below(1e9)}`, action.rows, sent);
    case 'deliver':
      return deliver(target.store, pipeline, action.rows, action.key, sent.till);
    case 'produce':
      await pipeline.produce(crashing(target.store, action.crash), tickAt(action.tick), 150 * action.limit);
      return;
    case 'aggregate':
      await pipeline.aggregate(crashing(target.store, action.crash), tickAt(action.tick), {
        maxEntries: action.limit,
        storesPerRun: action.limit,
        compactSeriesPerRun: action.limit,
      });
  }
}

class Crash extends Error {
  override name = 'Crash';
}

/** The store as a process sees it that ends at one of its calls. */
function crashing(store: SalesStore, crash: { call: number; carriedOut: boolean } | null): SalesStore {
  if (!crash) return store;
  let calls = 0;
  return new Proxy(store, {
    get:
      (target, name: keyof SalesStore) =>
      async (argument: never, ...rest: never[]) => {
        const ends = calls++ === crash.call;
        if (ends && !crash.carriedOut) throw new Crash();
        const answer = await (target[name] as (...args: never[]) => Promise<unknown>)(argument, ...rest);
        if (ends) throw new Crash();
        return answer;
      },
  });
}

/** Sends one entry under the next free id, again and again with the same id until it is answered. */
async function ingest(
  store: SalesStore,
  marker: string,
  rows: readonly IngestRow[],
  sent: SentRecord,
): Promise<void> {
  sent.doubtful.push(marker);
  const newest = (await store.status()).newestEntry;
  let id: EntryId = newest ? after(newest) : `${tickAt(0)}-1`;
  for (let attempt = 0; attempt < 6; attempt++) {
    const entry: StreamEntry = { id, payload: payloadOf(marker, rows, parseEntryId(id).instant) };
    const result = await store.append([entry]).catch(() => null);
    if (!result) continue;
    if (result.conflicts.length === 0) {
      sent.acknowledged.push(marker);
      return;
    }
    const current = await store.status().catch(() => null);
    if (current?.newestEntry) id = after(current.newestEntry);
  }
}

function after(id: EntryId): EntryId {
  const { instant, sequence } = parseEntryId(id);
  return `${instant}-${sequence + 1}`;
}

function payloadOf(marker: string, rows: readonly IngestRow[], instant: number): string {
  if (rows.includes('not-a-batch')) return `${marker} is not a batch`;
  const transactions = rows.map((row, index) => ({
    id: `${marker} ${index}`,
    ts: row === 'late' ? tickAt(0) + 1000 : instant,
    store_nbr: row === 'unknown-store' ? 77 : 1 + (index % 2),
    family: 'FAMILY NUMBER 1',
    units: row === 'negative' ? -1 : 1 + index,
    onpromotion: index,
  }));
  return JSON.stringify({ transactions, tickets: { '1': 1 } });
}

/**
 * Crons go on until everything up to the last tick is counted and compacted.
 *
 * @throws the failure that came again and again, or that the system never came to rest.
 */
async function heal({ lastTick }: Schedule, pipeline: PipelineFixture, store: SalesStore): Promise<void> {
  let failures = 0;
  for (let run = 0; run < HEALING_RUNS; run++) {
    try {
      const produced = await pipeline.produce(store, tickAt(lastTick));
      const counted = await pipeline.aggregate(store, tickAt(lastTick));
      if (
        produced.outcome === 'up-to-date' &&
        counted.outcome === 'idle' &&
        counted.compactionRemaining === 0
      ) {
        return;
      }
    } catch (error) {
      // The database may be starting again; any other failure must not last.
      if (!/fetch failed/.test(String(error)) && ++failures === 5) throw error;
      await wait(20);
    }
  }
  throw new Error('the system never came to rest');
}
