import { datasetNames } from '../../shared/artifacts/object-keys.ts';
import type { DatasetObjects } from '../../shared/artifacts/publication.ts';
import type { BusinessClock, EpochMs } from '../../shared/calendar/business-clock.ts';
import { type DayNumber, type IsoDate, toIsoDate } from '../../shared/calendar/day-number.ts';
import { type DaySlots, daySlots, TICK_MS } from '../../shared/calendar/tick.ts';
import type { DaySheet } from '../../shared/schemas/day-sheet.ts';
import { writeBatch } from '../../shared/schemas/transaction.ts';
import { readDaySheet } from './read-day-sheet.ts';
import { replayTick } from './replay.ts';
import { applyScenario, type Scenario } from './scenario.ts';
import { splitBatch } from './split-batch.ts';

/** One partition's part of a tick, as it goes into the stream. */
export interface TickPart {
  readonly rows: number;
  readonly payload: string;
}

/** The batches of ticks, each divided by partition. Whatever several partitions ask for is read and made once. */
export interface TickSource {
  /** @returns one part for each partition, or the day whose sheet is not there. */
  read(tick: EpochMs): Promise<readonly TickPart[] | { readonly missing: IsoDate }>;
}

export interface TickSourceOptions {
  /** The dataset in service, whose day sheets are replayed. */
  readonly dataset: DatasetObjects;
  readonly clock: BusinessClock;
  readonly batchSize: number;
  readonly scenario?: Scenario | undefined;
}

export function createTickSource(options: TickSourceOptions, partitionCount: number): TickSource {
  const { clock, batchSize } = options;
  const days = new Map<DayNumber, Promise<DaySheet | null>>();
  const ticks = new Map<EpochMs, ReturnType<TickSource['read']>>();
  let slots: DaySlots | null = null;

  const slotsOf = (instant: EpochMs): DaySlots => {
    if (slots === null || instant < slots.start || instant >= slots.end) {
      slots = daySlots(clock, clock.dayOf(instant));
    }
    return slots;
  };
  const make = async (tick: EpochMs): ReturnType<TickSource['read']> => {
    const spanStart = tick - TICK_MS;
    const { day, start, slotCount } = slotsOf(spanStart);
    const sheet = await remember(days, day, () => loadDaySheet(options, toIsoDate(day)));
    if (!sheet) return { missing: toIsoDate(day) };
    const slot = Math.floor((spanStart - start) / TICK_MS);
    const batch = replayTick(sheet, { slot, slotCount, end: tick }, batchSize);
    return splitBatch(batch, partitionCount).map((part) => ({
      rows: part.transactions.length,
      payload: writeBatch(part),
    }));
  };
  return {
    // Nobody else would ask for the ticks of an undivided stream.
    read: (tick) => (partitionCount === 1 ? make(tick) : remember(ticks, tick, () => make(tick))),
  };
}

function remember<K, V>(known: Map<K, Promise<V>>, key: K, load: () => Promise<V>): Promise<V> {
  let value = known.get(key);
  if (!value) {
    value = load();
    known.set(key, value);
  }
  return value;
}

async function loadDaySheet(
  { dataset, scenario }: TickSourceOptions,
  date: IsoDate,
): Promise<DaySheet | null> {
  const key = datasetNames.daySheet(date);
  const object = await dataset.get(key);
  if (!object) return null;
  const sheet = readDaySheet(await object.text(), key);
  return scenario ? applyScenario(sheet, scenario) : sheet;
}
