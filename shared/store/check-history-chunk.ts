import { toDayNumber } from '../calendar/day-number.ts';
import { type HistoryChunk, MISSING } from '../schemas/history-chunk.ts';

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
  if (!Number.isInteger(chunk.store_nbr) || chunk.store_nbr < 1 || chunk.store_nbr > 99_999) {
    fail('store_nbr', 'must be a whole number in 1..99999');
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
    return fail(`${where}: first_date`, error instanceof Error ? error.message : String(error));
  }
  if (days < 1) fail(`${where}: first_date`, 'lies after last_date');
  if (chunk.tickets !== null) checkColumn(`${where}: tickets`, chunk.tickets, days, MISSING, INT32_MAX);
  if (!Array.isArray(chunk.series)) fail(`${where}: series`, 'must be an array');
  for (const series of chunk.series) {
    if (typeof series?.family !== 'string' || series.family === '') {
      fail(`${where}: series[].family`, 'must be a name');
    }
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
