import { type DayNumber, toDayNumber } from '../../calendar/day-number.ts';
import { isoDateSchema } from '../../schemas/catalog.ts';
import { objectKeys } from '../object-keys.ts';

/** What decides which batch forecasts are old. */
export interface ForecastAge {
  /** Days before the newest origin that are kept. */
  readonly keepDays: number;
  /** The version in service; null without one. */
  readonly champion: string | null;
  /** Keys that the run has written for which forecasts are removed. */
  readonly written: readonly string[];
  readonly now: Date;
}

/**
 * The batch forecasts that may go. Days are counted from the newest origin, but not from one that lies ahead of what the run
 * has written or of the day it is: a single run for a day ahead (`--today`) would have all the nights after it lose what they
 * have just written. What the run has written stays, and so does the latest of the champion.
 */
export function expiredForecasts(
  keys: readonly string[],
  { keepDays, champion, written, now }: ForecastAge,
): string[] {
  const batches = keys.flatMap(batchOf);
  const ofThisRun = batches.filter(({ key }) => written.includes(key));
  const ofChampion = batches.filter(({ version }) => version === champion);
  const newest = Math.max(...batches.map(({ origin }) => origin));
  const today = toDayNumber(now.toISOString().slice(0, 10));
  const countedFrom = Math.min(newest, today, ...ofThisRun.map(({ origin }) => origin));
  const latest = Math.max(...ofChampion.map(({ origin }) => origin));
  return batches
    .filter(({ origin }) => origin < countedFrom - keepDays)
    .filter((batch) => !ofThisRun.includes(batch) && !(batch.version === champion && batch.origin === latest))
    .map(({ key }) => key);
}

interface Batch {
  readonly key: string;
  readonly origin: DayNumber;
  readonly version: string;
}

/** None for a key of something else. */
function batchOf(key: string): Batch[] {
  const [origin = '', file = ''] = key.slice(objectKeys.forecasts.length).split('/');
  if (!isoDateSchema.safeParse(origin).success) return [];
  return [{ key, origin: toDayNumber(origin), version: file.replace(/\.bin\.gz$/, '') }];
}
