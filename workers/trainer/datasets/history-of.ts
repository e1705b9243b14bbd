import { type IsoDate, toDayNumber, toIsoDate } from '../../../shared/calendar/day-number.ts';
import type { Dataset, Panel } from './dataset.ts';

/**
 * The part of a dataset that is closed history on the morning of `liveFrom`: sales, tickets and oil prices before that
 * day. Promotions stay known as far as they are planned, and holidays are known anyway.
 *
 * @throws {RangeError} when the dataset has no day before `liveFrom`.
 */
export function historyOf(dataset: Dataset, liveFrom: IsoDate): Dataset {
  const { panel } = dataset;
  const dayCount = Math.min(panel.dayCount, toDayNumber(liveFrom) - panel.firstDay);
  if (dayCount < 1) {
    throw new RangeError(
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
