import { type DayNumber, toDayNumber } from '../../../../shared/calendar/day-number.ts';
import { type RowProblem, SKIP_HINT } from './read-table.ts';

const DECIMAL = /^-?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?$/;
const INTEGER = /^\d{1,9}$/;
const NOT_FINITE = /^[-+]?(?:nan|inf|infinity)$/i;

/** A parsed field, or what is wrong with it. */
export type Parsed<T> = { readonly value: T } | { readonly problem: RowProblem };

export function invalid(
  column: string,
  problem: string,
  fix: string,
  kind: RowProblem['kind'] = 'bad-value',
): { readonly problem: RowProblem } {
  return { problem: { kind, column, problem, fix: `${fix}. ${SKIP_HINT}` } };
}

export function parseNumber(column: string, text: string): Parsed<number> {
  if (NOT_FINITE.test(text)) {
    const kind = column === 'sales' ? 'non-finite-sales' : 'bad-number';
    return invalid(column, `"${text}" is not a finite number`, 'Write a number, for example 12.5', kind);
  }
  const value = DECIMAL.test(text) ? Number(text) : Number.NaN;
  return Number.isFinite(value)
    ? { value }
    : invalid(column, `"${text}" is not a number`, 'Write a number, for example 12.5', 'bad-number');
}

export function parseCount(column: string, text: string, max: number): Parsed<number> {
  const value = INTEGER.test(text) ? Number(text) : Number.NaN;
  return value <= max
    ? { value }
    : invalid(
        column,
        `"${text}" is not a whole number from 0 to ${max}`,
        'Write a whole number, for example 3',
        'bad-number',
      );
}

/** Dates repeat row after row, so each text is parsed once. */
export function createDateParser(): (column: string, text: string) => Parsed<DayNumber> {
  const known = new Map<string, { readonly value: DayNumber }>();
  return (column, text) => {
    const hit = known.get(text);
    if (hit) return hit;
    try {
      const parsed = { value: toDayNumber(text) };
      known.set(text, parsed);
      return parsed;
    } catch {
      return invalid(
        column,
        `"${text}" is not a date of the calendar`,
        'Write YYYY-MM-DD, for example 2017-08-15',
        'bad-date',
      );
    }
  };
}
