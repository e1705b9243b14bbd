import { at } from '../at.ts';
import { isoMonthOf, isoWeekOf, weekStart } from '../calendar/date-parts.ts';
import { type DayNumber, toDayNumber } from '../calendar/day-number.ts';
import { messageOf } from '../errors/message-of.ts';
import { type HistoryChunk, MISSING } from '../schemas/history-chunk.ts';
import { FAMILY_RULES, readFamily, readStoreNbr, STORE_NBR_RULES, seriesKey } from '../schemas/series.ts';
import { RETENTION } from './retention.ts';
import type { BucketDelta } from './sales-store.ts';
import { lastDayOf, type SeriesColumns, type TicketColumn } from './series-reading.ts';

/** Thrown for a history that does not fit its schema or its store; nothing of it has been written. */
export class InvalidHistoryError extends Error {
  override name = 'InvalidHistoryError';
}

const INT32_MAX = 2_147_483_647;

/**
 * The rules of `historyChunkSchema` and of its column lengths, by hand: a chunk has tens of thousands of numbers, and
 * the schema's own parser takes longer over them than the free plan gives to a whole run.
 *
 * @param lastDay the day on which the history must end, as `YYYY-MM-DD`: the day before the first live one.
 * @throws {InvalidHistoryError} naming the field.
 */
export function checkHistoryChunk(value: unknown, lastDay: string): asserts value is HistoryChunk {
  const chunk = value as HistoryChunk;
  if (typeof chunk !== 'object' || chunk === null) fail('the history', 'must be an object');
  if (typeof chunk.store_nbr !== 'string' || readStoreNbr(chunk.store_nbr) !== chunk.store_nbr) {
    fail('store_nbr', STORE_NBR_RULES.text);
  }
  const where = `history of store ${chunk.store_nbr}`;
  if (chunk.last_date !== lastDay) {
    fail(
      `${where}: last_date`,
      `is ${chunk.last_date} but must be ${lastDay}, the day before the first live day`,
    );
  }
  let days: number;
  try {
    days = toDayNumber(lastDay) - toDayNumber(chunk.first_date) + 1;
  } catch (error) {
    return fail(`${where}: first_date`, messageOf(error));
  }
  if (days < 1) fail(`${where}: first_date`, 'lies after last_date');
  if (chunk.tickets !== null) checkColumn(`${where}: tickets`, chunk.tickets, days, MISSING, INT32_MAX);
  if (!Array.isArray(chunk.series)) fail(`${where}: series`, 'must be an array');
  for (const series of chunk.series) {
    if (readFamily(series?.family) === null) fail(`${where}: series[].family`, FAMILY_RULES.text);
    checkColumn(`${where}: ${series.family}.milli_units`, series.milli_units, days, MISSING, INT32_MAX);
    checkColumn(`${where}: ${series.family}.onpromotion`, series.onpromotion, days, 0, 65_535);
  }
}

function checkColumn(name: string, column: unknown, days: number, min: number, max: number): void {
  if (!Array.isArray(column) || column.length !== days) {
    fail(name, `must have one value per day from first_date to last_date (${days})`);
  }
  for (let day = 0; day < days; day++) {
    const value: unknown = column[day];
    if (!Number.isInteger(value) || Number(value) < min || Number(value) > max) {
      fail(`${name}[${day}]`, `must be a whole number in ${min}..${max}`);
    }
  }
}

function fail(field: string, problem: string): never {
  throw new InvalidHistoryError(`${field} ${problem}; publish the dataset again`);
}

/**
 * Puts the days before `liveFrom` in front of whatever has been compacted since.
 *
 * @param live the compacted live days of each series of the chunk, null where there are none.
 * @returns the columns of each series of the chunk, and of its store's tickets.
 */
export function joinImport(
  chunk: HistoryChunk,
  liveFrom: DayNumber,
  live: readonly (SeriesColumns | null)[],
  liveTickets: TicketColumn | null,
): { readonly series: readonly SeriesColumns[]; readonly tickets: TicketColumn } {
  const chunkStart = toDayNumber(chunk.first_date);
  const firstDay = Math.max(chunkStart, liveFrom - RETENTION.historyDays);
  const skipped = firstDay - chunkStart;
  const series = chunk.series.map(({ milli_units, onpromotion }, index): SeriesColumns => {
    const after = at(live, index);
    const length = (after ? lastDayOf(after) + 1 : liveFrom) - firstDay;
    const columns = {
      firstDay,
      milliUnits: new Int32Array(length).fill(MISSING),
      onpromotion: new Uint16Array(length),
    };
    columns.milliUnits.set(milli_units.slice(skipped));
    columns.onpromotion.set(onpromotion.slice(skipped));
    if (after) {
      columns.milliUnits.set(after.milliUnits, after.firstDay - firstDay);
      columns.onpromotion.set(after.onpromotion, after.firstDay - firstDay);
    }
    return columns;
  });
  const tickets = new Int32Array((liveTickets ? lastDayOf(liveTickets) + 1 : liveFrom) - firstDay).fill(
    MISSING,
  );
  if (chunk.tickets) tickets.set(chunk.tickets.slice(skipped));
  if (liveTickets) tickets.set(liveTickets.tickets, liveTickets.firstDay - firstDay);
  return { series, tickets: { firstDay, tickets } };
}

/**
 * What the weekly and monthly buckets in progress on the first live day hold already: the sums of the chunk's days
 * since that week's Monday and since the first of that month. Missing days count nothing.
 */
export function openingBalances(chunk: HistoryChunk, liveFrom: DayNumber): BucketDelta[] {
  const firstDay = toDayNumber(chunk.first_date);
  const monday = weekStart(liveFrom) - firstDay;
  const firstOfMonth = toDayNumber(`${isoMonthOf(liveFrom)}-01`) - firstDay;
  const week = isoWeekOf(liveFrom);
  const month = isoMonthOf(liveFrom);
  return chunk.series.flatMap(({ family, milli_units }) => {
    const field = seriesKey(chunk.store_nbr, family);
    const balances: BucketDelta[] = [];
    const inWeek = sumFrom(milli_units, monday);
    const inMonth = sumFrom(milli_units, firstOfMonth);
    if (inWeek > 0) balances.push({ kind: 'sales_weekly', period: week, field, value: inWeek });
    if (inMonth > 0) balances.push({ kind: 'sales_monthly', period: month, field, value: inMonth });
    return balances;
  });
}

function sumFrom(values: readonly number[], start: number): number {
  let sum = 0;
  for (let i = Math.max(0, start); i < values.length; i++) sum += Math.max(0, values[i] as number);
  return sum;
}
