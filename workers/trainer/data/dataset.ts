import { type DayNumber, type IsoDate, toDayNumber, toIsoDate } from '../../../shared/calendar/day-number.ts';
import { UserError } from '../../../shared/errors/user-error.ts';
import type { ClosureInterval, Holiday, OilPrice, Store } from '../../../shared/schemas/catalog.ts';
import { seriesKey } from '../../../shared/schemas/series.ts';

/**
 * A sales history in memory: one dense panel, series x days, in typed arrays. Series-major: day d of series s is at
 * `s * dayCount + d`. Series are sorted by store (`compareStoreNbrs`), then family.
 */
export interface Panel {
  readonly firstDay: DayNumber;
  readonly dayCount: number;
  readonly series: readonly { readonly storeNbr: string; readonly family: string }[];
  /** Units x 1000 by series and day; `MISSING` (-1) where unknown, and on days on which the store was shut. */
  readonly milliUnits: Int32Array;
  /** Days that `onpromotion` covers: at least `dayCount`, more if the future plan is known (test.csv). */
  readonly plannedDayCount: number;
  /** Items on promotion, at `s * plannedDayCount + d`. */
  readonly onpromotion: Uint16Array;
  /**
   * Tickets by store (in the order of `Dataset.stores`) and day, `MISSING` where unknown; null without
   * transactions.csv.
   */
  readonly tickets: Int32Array | null;
}

/** The last day with sales; promotions may be planned beyond it. */
export function lastDayOf({ firstDay, dayCount }: Pick<Panel, 'firstDay' | 'dayCount'>): DayNumber {
  return firstDay + dayCount - 1;
}

export interface Dataset {
  readonly name: string;
  /** Sorted by `compareStoreNbrs`. */
  readonly stores: readonly Store[];
  /** Sorted. */
  readonly families: readonly string[];
  readonly holidays: readonly Holiday[];
  /** Known prices only, by date; not every day has one. */
  readonly oil: readonly OilPrice[];
  readonly panel: Panel;
  /** Days by which the source's dates were moved forward (time travel); 0 when they are as in the source. */
  readonly shiftDays: number;
  /** Stated closures, past and planned. */
  readonly declaredClosures?: readonly ClosureInterval[];
  /** Days without a row of any store although some should be open. */
  readonly lostDays?: readonly DayNumber[];
}

/** Thrown for a dataset that starts on the first live day or later. */
export class NoHistoryError extends UserError {
  override name = 'NoHistoryError';
}

/** `store:family` of every series, in the order of the panel. */
export function seriesKeysOf({ panel }: Pick<Dataset, 'panel'>): string[] {
  return panel.series.map(({ storeNbr, family }) => seriesKey(storeNbr, family));
}

/**
 * The part of a dataset that is closed history on the morning of `liveFrom`: sales, tickets and oil prices before that
 * day. Planned promotions and holidays remain.
 *
 * @throws {NoHistoryError} if the dataset has no day before `liveFrom`.
 */
export function historyOf(dataset: Dataset, liveFrom: IsoDate): Dataset {
  const { panel } = dataset;
  const dayCount = Math.min(panel.dayCount, toDayNumber(liveFrom) - panel.firstDay);
  if (dayCount < 1) {
    throw new NoHistoryError(
      `dataset "${dataset.name}" starts on ${toIsoDate(panel.firstDay)}: it has no history before ${liveFrom}`,
    );
  }
  if (dayCount === panel.dayCount) return dataset;
  const history: Panel = {
    ...panel,
    dayCount,
    milliUnits: firstDaysOf(panel.milliUnits, panel.dayCount, dayCount),
    tickets: panel.tickets && firstDaysOf(panel.tickets, panel.dayCount, dayCount),
  };
  return { ...dataset, oil: dataset.oil.filter(({ date }) => date < liveFrom), panel: history };
}

function firstDaysOf(rows: Int32Array, rowLength: number, kept: number): Int32Array {
  const rowCount = rows.length / rowLength;
  const cut = new Int32Array(rowCount * kept);
  for (let row = 0; row < rowCount; row += 1) {
    cut.set(rows.subarray(row * rowLength, row * rowLength + kept), row * kept);
  }
  return cut;
}
