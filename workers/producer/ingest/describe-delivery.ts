import { at } from '../../../shared/at.ts';
import type { EpochMs } from '../../../shared/calendar/business-clock.ts';
import type { TakenDelivery } from '../../../shared/sales-store/delivery.ts';
import {
  ROW_PROBLEMS,
  type RowProblemCode,
  type TakenTransactionsBody,
} from '../../../shared/schemas/api/transactions.ts';
import { describeBadFamily, describeBadStoreNbr } from '../../../shared/schemas/series.ts';
import type { DeliveredValue } from './read-rows.ts';

/** What was decided of a delivery before the store saw it; kept by the store so that a repeated one can be answered. */
export interface Judgement {
  readonly asOf: EpochMs;
  /** Rows that were rejected, in order, by their place among all rows. */
  readonly rejected: ReadonlyMap<number, RowProblemCode>;
}

/** The judgement as a short text: the texts of problems are not kept, their codes say it all. */
export function writeNote({ asOf, rejected }: Judgement): string {
  return JSON.stringify([asOf, ...Array.from(rejected).flat()]);
}

function readNote(note: string): Judgement {
  const [asOf = 0, ...flat] = JSON.parse(note) as [number, ...(number | RowProblemCode)[]];
  const rejected = new Map<number, RowProblemCode>();
  for (let i = 0; i < flat.length; i += 2) rejected.set(flat[i] as number, flat[i + 1] as RowProblemCode);
  return { asOf, rejected };
}

/**
 * The answer to a delivery out of its rows and what the store keeps of it, so that a repeated delivery is answered in
 * the same words.
 */
export function describeDelivery(
  rows: readonly DeliveredValue[],
  { entries, duplicates, note }: TakenDelivery,
): TakenTransactionsBody {
  const { asOf, rejected } = readNote(note);
  const places = rows.flatMap((_, row) => (rejected.has(row) ? [] : [row]));
  const placeOf = (row: number) => ({ row, line: rows[row]?.line ?? null });
  return {
    as_of: new Date(asOf).toISOString(),
    rows: rows.length,
    accepted: places.length - duplicates.length,
    duplicates: duplicates.map((index) => {
      const row = at(places, index);
      return { ...placeOf(row), id: idOf(rows[row]) ?? '' };
    }),
    rejected: Array.from(rejected, ([row, code]) => ({
      ...placeOf(row),
      id: code === 'invalid-id' ? null : idOf(rows[row]),
      code,
      ...ROW_PROBLEMS[code],
      ...faultOf(code, rows[row]?.value),
    })),
    entries: [...entries],
  };
}

/** What is wrong with the very value, where its problem has a value that people have to see. */
function faultOf(code: RowProblemCode, row: unknown): { readonly detail?: string } {
  if (typeof row !== 'object' || row === null) return {};
  const { store_nbr, family } = row as Partial<Record<string, unknown>>;
  const text = code === 'invalid-store' ? describeBadStoreNbr(store_nbr) : null;
  const detail = text ?? (code === 'invalid-family' ? describeBadFamily(family) : null);
  return detail === null ? {} : { detail };
}

function idOf(row: DeliveredValue | undefined): string | null {
  const value = row?.value;
  if (typeof value !== 'object' || value === null || !('id' in value)) return null;
  return typeof value.id === 'string' && value.id.length <= 120 ? value.id : null;
}
