import type { Fault } from '../../workers/local/redis-bridge/rest-server.ts';
import { pickTillRows, type TillRow } from './deliver.ts';
import type { Random } from './random.ts';

/** One thing that happens; several may happen at the same time. */
export type Action =
  | {
      readonly kind: 'produce' | 'aggregate';
      /** The tick for which the cron is due; crons may come twice, late, or not at all. */
      readonly tick: number;
      readonly limit: number;
      /**
       * The process ends at this call to the store, before or after it was carried out. Ending at any other await (a
       * published object is read) leaves behind the same as ending before the next call.
       */
      readonly crash: { readonly call: number; readonly carriedOut: boolean } | null;
    }
  /** A retailer sends rows: good, late, or such that no aggregator can count. */
  | { readonly kind: 'ingest'; readonly rows: readonly IngestRow[] }
  /** A till delivers receipts through the intake: some sent before, some with other content. */
  | { readonly kind: 'deliver'; readonly rows: readonly TillRow[]; readonly key: string | null }
  | { readonly kind: 'kill-database' | 'restart-endpoint' };

export type IngestRow = 'good' | 'late' | 'unknown-store' | 'negative' | 'not-a-batch';

export interface Schedule {
  readonly seed: number;
  /** The tick up to which everything must be counted in the end. */
  readonly lastTick: number;
  /** Chance that anything goes wrong with a request. */
  readonly faultRate: number;
  /** Concurrent actions are in one list. */
  readonly steps: readonly (readonly Action[])[];
}

/** How often something happens, each as a share of all schedules. */
export interface ScheduleMix {
  /** The database's machine or its endpoint fails. */
  readonly outages: number;
  /** The first cron comes only after most of a day, so that the day closes in the schedule. */
  readonly backlogs: number;
}

export function makeSchedule(seed: number, random: Random, mix: ScheduleMix): Schedule {
  const firstTick = random.chance(mix.backlogs) ? 280 + random.below(12) : 1 + random.below(4);
  const steps: Action[][] = [];
  let tick = firstTick;
  const count = 5 + random.below(9);
  for (let i = 0; i < count; i++) {
    const step = [makeAction(random, tick)];
    // Overlapping runs.
    if (random.chance(0.35)) step.push(makeAction(random, tick));
    if (random.chance(0.1)) step.push(makeAction(random, tick));
    steps.push(step);
    // Skipped crons, and crons that come too late.
    tick += random.pick([0, 0, 1, 1, 1, 2, 3]);
  }
  if (random.chance(mix.outages)) {
    const kind = random.pick<'kill-database' | 'restart-endpoint'>(['kill-database', 'restart-endpoint']);
    const place = steps[random.below(steps.length)];
    place?.splice(random.below(2), 0, { kind });
  }
  return { seed, lastTick: tick, faultRate: random.pick([0, 0.1, 0.3, 0.5]), steps };
}

function makeAction(random: Random, tick: number): Action {
  if (random.chance(0.2)) {
    const rows = Array.from({ length: 1 + random.below(3) }, () =>
      random.pick<IngestRow>(['good', 'good', 'late', 'unknown-store', 'negative', 'not-a-batch']),
    );
    return { kind: 'ingest', rows };
  }
  if (random.chance(0.25)) {
    return { kind: 'deliver', rows: pickTillRows(random), key: random.pick([null, null, 'key 1', 'key 2']) };
  }
  return {
    kind: random.pick<'produce' | 'aggregate'>(['produce', 'aggregate', 'aggregate']),
    tick: Math.max(0, tick - random.pick([0, 0, 0, 1, 3])),
    limit: random.pick([1, 2, 5, 400]),
    crash: random.chance(0.25) ? { call: random.below(8), carriedOut: random.chance(0.5) } : null,
  };
}

export function makeFault(random: Random, rate: number): Fault | null {
  if (!random.chance(rate)) return null;
  return random.pick<Fault>([
    { kind: 'drop-before' },
    { kind: 'drop-after' },
    { kind: 'drop-after' },
    { kind: 'delay', ms: 1 + random.below(8) },
    { kind: 'status', status: 503, carriedOut: false },
    { kind: 'status', status: 504, carriedOut: true },
  ]);
}
