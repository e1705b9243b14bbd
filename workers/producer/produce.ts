import type { BusinessClock, EpochMs } from '../../shared/calendar/business-clock.ts';
import { type IsoDate, toDayNumber, toIsoDate } from '../../shared/calendar/day-number.ts';
import { type DaySlots, daySlots, TICK_MS } from '../../shared/calendar/tick.ts';
import { objectKeys } from '../../shared/models/object-keys.ts';
import type { ObjectStore } from '../../shared/models/object-store.ts';
import { readDatasetFacts } from '../../shared/models/read-dataset-facts.ts';
import { readDaySheet } from '../../shared/models/read-day-sheet.ts';
import type { DaySheet } from '../../shared/schemas/day-sheet.ts';
import { entryIdAt, parseEntryId } from '../../shared/store/entry-id.ts';
import type { SalesStore, StreamEntry } from '../../shared/store/sales-store.ts';
import { replayTick } from './replay.ts';
import { applyScenario, type Scenario } from './scenario.ts';

export interface ProduceRequest {
  readonly store: SalesStore;
  readonly objects: ObjectStore;
  readonly clock: BusinessClock;
  /** The instant for which the run is due; ticks up to it are sent. */
  readonly now: EpochMs;
  /** Transactions of a tick, see `replayTick`. */
  readonly batchSize: number;
  /** Ticks of one run; older ones first, the rest is left to later runs. */
  readonly maxTicks: number;
  readonly scenario?: Scenario | undefined;
}

export interface ProduceReport {
  /**
   * - `produced`: ticks were sent.
   * - `up-to-date`: every tick up to now is in the stream already.
   * - `nothing-to-replay`: there is no dataset, or its last day has been replayed.
   */
  readonly outcome: 'produced' | 'up-to-date' | 'nothing-to-replay';
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
  const { store, clock, now, maxTicks } = request;
  const report = { entries: 0, rows: 0, duplicates: 0, conflicts: 0, remainingTicks: 0 };
  const first = await firstMissingTick(request);
  if (first === null) return { ...report, outcome: 'nothing-to-replay', missing: objectKeys.catalog };
  const last = Math.floor(now / TICK_MS) * TICK_MS;
  if (first > last) return { ...report, outcome: 'up-to-date', missing: null };

  const end = Math.min(last, first + (maxTicks - 1) * TICK_MS);
  const entries: StreamEntry[] = [];
  let missing: IsoDate | null = null;
  let day: { slots: DaySlots; sheet: DaySheet } | undefined;
  for (let tick = first; tick <= end; tick += TICK_MS) {
    const spanStart = tick - TICK_MS;
    if (!day || spanStart >= day.slots.end) {
      const slots = daySlots(clock, clock.dayOf(spanStart));
      const sheet = await loadDaySheet(request, toIsoDate(slots.day));
      if (!sheet) {
        missing = toIsoDate(slots.day);
        break;
      }
      day = { slots, sheet };
    }
    const { slots, sheet } = day;
    const slot = Math.floor((spanStart - slots.start) / TICK_MS);
    const batch = replayTick(sheet, { slot, slotCount: slots.slotCount, end: tick }, request.batchSize);
    report.rows += batch.transactions.length;
    entries.push({ id: entryIdAt(tick), payload: JSON.stringify(batch) });
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
    missing: missing && objectKeys.daySheet(missing),
  };
}

/** @throws {MissingDaySheetError} when `date` should have been published. */
async function assertReplayHasEnded({ objects }: ProduceRequest, date: IsoDate): Promise<void> {
  const catalog = await objects.get(objectKeys.catalog);
  if (!catalog) return;
  const { liveFrom, lastDate } = readDatasetFacts(await catalog.text(), objectKeys.catalog);
  if (date < liveFrom || date > lastDate) return;
  throw new MissingDaySheetError(
    `${objectKeys.daySheet(date)} is not there, but the catalog says that the replay goes on to ${lastDate}; ` +
      'publish the dataset again',
  );
}

/** The tick after the newest entry, or the first of the first live day; null without a dataset. */
async function firstMissingTick({ store, objects, clock }: ProduceRequest): Promise<EpochMs | null> {
  const { newestEntry, liveFrom } = await store.status();
  if (newestEntry !== null) {
    return (Math.floor(parseEntryId(newestEntry).instant / TICK_MS) + 1) * TICK_MS;
  }
  let firstDate = liveFrom;
  if (firstDate === null) {
    const catalog = await objects.get(objectKeys.catalog);
    if (!catalog) return null;
    firstDate = readDatasetFacts(await catalog.text(), objectKeys.catalog).liveFrom;
  }
  return clock.startOf(toDayNumber(firstDate)) + TICK_MS;
}

async function loadDaySheet({ objects, scenario }: ProduceRequest, date: string): Promise<DaySheet | null> {
  const key = objectKeys.daySheet(date);
  const object = await objects.get(key);
  if (!object) return null;
  const sheet = readDaySheet(await object.text(), key);
  return scenario ? applyScenario(sheet, scenario) : sheet;
}
