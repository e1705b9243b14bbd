import { openCurrentDataset, readFacts } from '../../shared/artifacts/current-publication.ts';
import { datasetNames } from '../../shared/artifacts/object-keys.ts';
import type { ObjectReader } from '../../shared/artifacts/publication.ts';
import type { EpochMs } from '../../shared/calendar/business-clock.ts';
import { type IsoDate, toDayNumber } from '../../shared/calendar/day-number.ts';
import { floorToTick, TICK_MS } from '../../shared/calendar/tick.ts';
import { entryIdAt, parseEntryId } from '../../shared/sales-store/entry-id.ts';
import type { NewEntry, SalesStore, StoreStatus } from '../../shared/sales-store/sales-store.ts';
import { createTickSource, type TickSource, type TickSourceOptions } from './tick-source.ts';

export interface ProduceLimits {
  /** The instant for which the run is due; ticks up to it are sent. */
  readonly now: EpochMs;
  /** Ticks of one run; older ones first, the rest is left to later runs. */
  readonly maxTicks: number;
}

/** `batchSize`: transactions of a tick, see `replayTick`. */
export interface ReplayOptions extends ProduceLimits, Omit<TickSourceOptions, 'dataset'> {
  /** Where datasets are published; a run reads all that it needs from the one in service when it starts. */
  readonly objects: ObjectReader;
}

export interface ProduceRequest extends ReplayOptions {
  readonly store: SalesStore;
}

export interface ProduceReport {
  /**
   * - `produced`: ticks were sent.
   * - `up-to-date`: every tick up to now is in the stream already.
   * - `not-open`: the partition takes no sales before the aggregator has opened it.
   * - `nothing-to-replay`: there is no dataset, or its last day has been replayed.
   */
  readonly outcome: 'produced' | 'up-to-date' | 'not-open' | 'nothing-to-replay';
  readonly entries: number;
  readonly rows: number;
  readonly duplicates: number;
  /** Ticks that the stream holds with another content; they stay as they are. */
  readonly conflicts: number;
  /** Ticks up to now that are left to later runs. */
  readonly remainingTicks: number;
  /** The object that is not there, when the replay has ended. */
  readonly missing: string | null;
}

export const NOTHING_PRODUCED = {
  entries: 0,
  rows: 0,
  duplicates: 0,
  conflicts: 0,
  remainingTicks: 0,
  missing: null,
} as const;

/** A day that the catalog promises has no day sheet: the publication is damaged, and the replay cannot go on. */
export class MissingDaySheetError extends Error {
  override readonly name = 'MissingDaySheetError';
}

/**
 * Sends every tick that is missing after the newest entry of the stream, at most `maxTicks` of them, in one call.
 *
 * @throws {InvalidObjectError} when a day sheet or the catalog cannot be read.
 * @throws {MissingDaySheetError} when the next day sheet is missing although the replay has not ended; the ticks
 * before it have been sent.
 */
export async function produce(request: ProduceRequest): Promise<ProduceReport> {
  const [status, dataset] = await Promise.all([request.store.status(), openCurrentDataset(request.objects)]);
  return produceInto({
    ...request,
    dataset,
    index: 0,
    status,
    ticks: createTickSource({ ...request, dataset }, 1),
  });
}

/** One stream, and what is known of it. */
interface StreamRequest extends ProduceLimits, TickSourceOptions {
  readonly store: SalesStore;
  /** Which part of each tick the stream takes. */
  readonly index: number;
  readonly status: StoreStatus;
  readonly ticks: TickSource;
}

/** Does what `produce` does, for one partition. @throws as `produce` does. */
export async function produceInto(request: StreamRequest): Promise<ProduceReport> {
  const { store, now, maxTicks, ticks, index } = request;
  const first = await firstMissingTick(request);
  if (first === null) {
    return { ...NOTHING_PRODUCED, outcome: 'nothing-to-replay', missing: datasetNames.catalog };
  }
  const last = floorToTick(now);
  if (first > last) return { ...NOTHING_PRODUCED, outcome: 'up-to-date' };

  const report = { entries: 0, rows: 0, duplicates: 0, conflicts: 0, remainingTicks: 0 };
  const end = Math.min(last, first + (maxTicks - 1) * TICK_MS);
  const entries: NewEntry[] = [];
  let missing: IsoDate | null = null;
  for (let tick = first; tick <= end; tick += TICK_MS) {
    const parts = await ticks.read(tick);
    if ('missing' in parts) {
      missing = parts.missing;
      break;
    }
    const part = parts[index];
    if (!part) throw new RangeError(`a tick has ${parts.length} parts, none of them is number ${index}`);
    report.rows += part.rows;
    entries.push({ id: entryIdAt(tick), payload: part.payload, rows: part.rows });
  }
  if (entries.length > 0) {
    const result = await store.append(entries);
    report.entries = result.appended.length;
    report.duplicates = result.duplicates.length;
    report.conflicts = result.conflicts.length;
  }
  if (missing === null) report.remainingTicks = (last - end) / TICK_MS;
  else await assertReplayHasEnded(request, missing);
  return {
    ...report,
    outcome: entries.length > 0 ? 'produced' : 'nothing-to-replay',
    missing: missing && datasetNames.daySheet(missing),
  };
}

/** @throws {MissingDaySheetError} when `date` should have been published. */
async function assertReplayHasEnded({ dataset }: StreamRequest, date: IsoDate): Promise<void> {
  const published = await readFacts(dataset);
  if (!published) return;
  const { liveFrom, lastDate } = published;
  if (date < liveFrom || date > lastDate) return;
  throw new MissingDaySheetError(
    `${datasetNames.daySheet(date)} is not there, but the catalog says that the replay goes on to ${lastDate}; ` +
      'publish the dataset again',
  );
}

/** The tick after the newest entry, or the first of the first live day; null without a dataset. */
async function firstMissingTick({ status, dataset, clock }: StreamRequest): Promise<EpochMs | null> {
  const { newestEntry, liveFrom } = status;
  if (newestEntry !== null) {
    return floorToTick(parseEntryId(newestEntry).instant) + TICK_MS;
  }
  const firstDate = liveFrom ?? (await readFacts(dataset))?.liveFrom;
  if (firstDate === undefined) return null;
  return clock.startOf(toDayNumber(firstDate)) + TICK_MS;
}
