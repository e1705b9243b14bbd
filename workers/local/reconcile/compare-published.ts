import { datasetNames } from '../../../shared/artifacts/object-keys.ts';
import type { DatasetObjects } from '../../../shared/artifacts/publication.ts';
import { type DayNumber, toDayNumber } from '../../../shared/calendar/day-number.ts';
import { storeOfField } from '../../../shared/sales-store/check-commit.ts';
import type { BucketKind } from '../../../shared/sales-store/sales-store.ts';
import { type HistoryChunk, historyChunkSchema, MISSING } from '../../../shared/schemas/history-chunk.ts';
import { seriesKey, storeOfPart } from '../../../shared/schemas/series.ts';
import type { PackedHistories } from './packed-histories.ts';
import type { Proof } from './proof-ledger.ts';

/** A packed value of a day before the first live one that the published history contradicts. */
export interface PublishedDifference {
  readonly kind: BucketKind;
  readonly field: string;
  readonly day: DayNumber;
  readonly held: number | null;
  readonly expected: number | null;
}

export interface PublishedComparison {
  readonly differences: readonly PublishedDifference[];
  readonly proofs: ReadonlyMap<DayNumber, Proof>;
}

export const NO_DATASET =
  'it was imported, and there is no published history to compare it with: give --catalog what was published to';
const NOT_IN_DATASET = 'it was imported, and the published history does not have it any more';
const OTHER_DATASET = 'it was imported from an earlier dataset, and the published history has other values';

/**
 * Compares the imported days of packed histories with the published histories.
 *
 * @param dataset null where only a catalog is known.
 * @param isImported whether the dataset is the one that was imported; a later one may have been corrected, so that other
 *   values in it prove nothing.
 */
export async function comparePublished(
  histories: PackedHistories,
  dataset: DatasetObjects | null,
  liveFrom: DayNumber,
  since: DayNumber,
  isImported: boolean,
): Promise<PublishedComparison> {
  const differences: PublishedDifference[] = [];
  const proofs = new Map<DayNumber, Proof>();
  const note = (day: DayNumber, proof: Proof) => {
    const before = proofs.get(day);
    if (before === 'different' || (before !== undefined && 'why' in before && proof !== 'different')) return;
    proofs.set(day, proof);
  };
  const compare = (
    kind: BucketKind,
    field: string,
    packed: { firstDay: DayNumber; values: ArrayLike<number> },
    published: { firstDay: DayNumber; values: readonly number[] } | null,
  ) => {
    const end = Math.min(liveFrom, packed.firstDay + packed.values.length);
    for (let day = Math.max(packed.firstDay, since); day < end; day++) {
      const held = packed.values[day - packed.firstDay] ?? MISSING;
      const expected = published?.values[day - published.firstDay];
      if (expected === held) note(day, { by: 'dataset' });
      else if (expected === undefined) note(day, { why: dataset ? NOT_IN_DATASET : NO_DATASET });
      else if (!isImported) note(day, { why: OTHER_DATASET });
      else {
        note(day, 'different');
        const known = (value: number) => (value === MISSING ? null : value);
        differences.push({ kind, field, day, held: known(held), expected: known(expected) });
      }
    }
  };

  const byStore = Map.groupBy(histories.series, ([series]) => storeOfField(series));
  for (const store of new Set([...byStore.keys(), ...histories.tickets.keys()])) {
    const chunk = dataset && (await readHistory(dataset, storeOfPart(store)));
    const firstDay = chunk ? toDayNumber(chunk.first_date) : 0;
    const published = new Map(
      chunk?.series.map((columns) => [seriesKey(chunk.store_nbr, columns.family) as string, columns]),
    );
    for (const [series, columns] of byStore.get(store) ?? []) {
      if (columns === null) continue;
      const own = published.get(series);
      const at = (values: ArrayLike<number>) => ({ firstDay: columns.firstDay, values });
      const from = (values: readonly number[] | undefined) => (values ? { firstDay, values } : null);
      compare('sales_daily', series, at(columns.milliUnits), from(own?.milli_units));
      compare('onpromotion_daily', series, at(columns.onpromotion), from(own?.onpromotion));
    }
    const tickets = histories.tickets.get(store);
    if (!tickets) continue;
    // Without tickets in the dataset an import packs every day as missing.
    const none = chunk && new Array<number>(daysOf(chunk)).fill(MISSING);
    const values = chunk?.tickets ?? none;
    compare(
      'transactions_daily',
      store,
      { firstDay: tickets.firstDay, values: tickets.tickets },
      values && { firstDay, values },
    );
  }
  return { differences, proofs };
}

/** @returns null for a store that is not published, or not in a form that can be read */
async function readHistory(dataset: DatasetObjects, storeNbr: string): Promise<HistoryChunk | null> {
  const object = await dataset.get(datasetNames.history(storeNbr));
  if (!object) return null;
  const parsed = historyChunkSchema.safeParse(JSON.parse(await object.text()));
  return parsed.success ? parsed.data : null;
}

function daysOf({ first_date, last_date }: HistoryChunk): number {
  return toDayNumber(last_date) - toDayNumber(first_date) + 1;
}
