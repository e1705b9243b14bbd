import { InvalidObjectError, isArrayOf, isCount, parseObject } from '../../shared/artifacts/parse-object.ts';
import type { DaySheet } from '../../shared/schemas/day-sheet.ts';

/**
 * Reads a day sheet. The rules are those of `daySheetSchema`, checked by hand: the schema's own parser needs more time
 * for the two thousand values of a sheet in a fresh isolate than the free plan gives to a whole run.
 *
 * @param key the sheet's key, for the error.
 * @throws {InvalidObjectError} naming key and field.
 */
export function readDaySheet(text: string, key: string): DaySheet {
  const fail = (field: string, rule: string): never => {
    throw new InvalidObjectError(`${key}: ${field} ${rule}; publish the dataset again`);
  };
  const sheet = parseObject(text, key) as Partial<DaySheet>;
  const { date, series, milli_units, onpromotion, tickets, curves } = sheet;
  if (typeof date !== 'string' || !key.includes(date)) fail('date', 'must be the date in its key');
  if (!isArrayOf(series, (value) => typeof value === 'string'))
    return fail('series', 'must be a list of names');
  const count = series.length;
  if (!isArrayOf(milli_units, isCount) || milli_units.length !== count) {
    fail('milli_units', 'must be one whole number from 0 on for each series');
  }
  if (!isArrayOf(onpromotion, (value) => isCount(value) && value <= 65_535) || onpromotion.length !== count) {
    fail('onpromotion', 'must be one whole number in 0..65535 for each series');
  }
  if (!isRecordOf(tickets, isCount)) fail('tickets', 'must be whole numbers from 0 on');
  if (!isRecordOf(curves, isCurve)) fail('curves', 'must be 24 weights from 0 on for each store');
  return sheet as DaySheet;
}

function isRecordOf(value: unknown, accepts: (item: unknown) => boolean): boolean {
  const isRecord = typeof value === 'object' && value !== null && !Array.isArray(value);
  return isRecord && isArrayOf(Object.values(value), accepts);
}

function isCurve(value: unknown): boolean {
  return isArrayOf(value, (weight) => Number.isFinite(weight) && Number(weight) >= 0) && value.length === 24;
}
