import { at } from '../../../shared/at.ts';
import type { EpochMs } from '../../../shared/calendar/business-clock.ts';
import { type TakenDelivery, transactionName } from '../../../shared/sales-store/delivery.ts';
import {
  ROW_PROBLEMS,
  type RowProblemCode,
  type TakenTransactionsBody,
} from '../../../shared/schemas/api/transactions.ts';
import { describeBadFamily, describeBadStoreNbr, quote } from '../../../shared/schemas/series.ts';
import { checkTransaction, type Transaction, unknownFieldOf } from '../../../shared/schemas/transaction.ts';
import { describeDifference } from './content.ts';
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
  { entries, duplicates, conflicts, note }: TakenDelivery,
): TakenTransactionsBody {
  const { asOf, rejected } = readNote(note);
  const places = rows.flatMap((_, row) => (rejected.has(row) ? [] : [row]));
  const placeOf = (row: number) => ({ row, line: rows[row]?.line ?? null });
  const reject = (row: number, code: RowProblemCode, detail: string | null) => ({
    ...placeOf(row),
    id: code === 'invalid-id' ? null : idOf(rows[row]),
    code,
    ...ROW_PROBLEMS[code],
    ...(detail !== null && { detail }),
  });
  const conflicting = new Set(conflicts.map((index) => at(places, index)));
  const accepted = places.filter((row) => !conflicting.has(row));
  return {
    as_of: new Date(asOf).toISOString(),
    rows: rows.length,
    accepted: accepted.length - duplicates.length,
    duplicates: duplicates.map((index) => {
      const row = at(places, index);
      return { ...placeOf(row), id: idOf(rows[row]) ?? '' };
    }),
    rejected: [
      ...Array.from(rejected, ([row, code]) => reject(row, code, faultOf(code, rows[row]?.value))),
      ...describeConflicts(rows, conflicting, accepted).map(([row, detail]) =>
        reject(row, 'conflict', detail),
      ),
    ].sort((a, b) => a.row - b.row),
    entries: [...entries],
  };
}

/**
 * What differs in each conflicting row: said where the row that counts came in the same delivery. Of one that came
 * before only the hash is kept, which does not say what differs.
 */
function describeConflicts(
  rows: readonly DeliveredValue[],
  conflicting: ReadonlySet<number>,
  accepted: readonly number[],
): (readonly [row: number, detail: string | null])[] {
  if (conflicting.size === 0) return [];
  const counted = new Map<string, { readonly row: number; readonly transaction: Transaction }>();
  for (const row of accepted) {
    const transaction = transactionOf(rows[row]);
    const name = transaction && nameOf(transaction);
    if (name && !counted.has(name)) counted.set(name, { row, transaction });
  }
  return Array.from(conflicting, (row) => {
    const transaction = transactionOf(rows[row]);
    if (!transaction) return [row, null];
    const { line } = transaction;
    const same = line === undefined ? 'This id' : `This id with line ${line}`;
    const first = counted.get(nameOf(transaction));
    const detail = first
      ? `${same} has other content in row ${first.row}: ${describeDifference(transaction, first.transaction)}`
      : `${same} was accepted before with other content: ts, family, units or onpromotion differs`;
    return [row, detail];
  });
}

function nameOf({ store_nbr, id, line }: Transaction): string {
  return transactionName({ storeNbr: store_nbr, id, line: line ?? null });
}

function transactionOf(row: DeliveredValue | undefined): Transaction | null {
  const checked = checkTransaction(row?.value);
  return 'transaction' in checked ? checked.transaction : null;
}

/** What is wrong with the very value or field, where people have to see it. */
function faultOf(code: RowProblemCode, row: unknown): string | null {
  if (typeof row !== 'object' || row === null) return null;
  if (code === 'unknown-field') {
    const field = unknownFieldOf(row);
    return field === null ? null : `The row has a field ${quote(field)}, which a transaction does not have`;
  }
  const { store_nbr, family } = row as Partial<Record<string, unknown>>;
  const text = code === 'invalid-store' ? describeBadStoreNbr(store_nbr) : null;
  return text ?? (code === 'invalid-family' ? describeBadFamily(family) : null);
}

function idOf(row: DeliveredValue | undefined): string | null {
  const value = row?.value;
  if (typeof value !== 'object' || value === null || !('id' in value)) return null;
  return typeof value.id === 'string' && value.id.length <= 120 ? value.id : null;
}
