import type { DatasetFacts } from '../../../shared/artifacts/read-dataset-facts.ts';
import type { EpochMs } from '../../../shared/calendar/business-clock.ts';
import type { RowProblemCode } from '../../../shared/schemas/api/transactions.ts';
import {
  checkTransaction,
  type Transaction,
  type TransactionFault,
} from '../../../shared/schemas/transaction.ts';
import type { IngestLimits } from './limits.ts';
import type { DeliveredValue } from './read-rows.ts';
import type { StreamTime } from './stream-time.ts';

const CODES: Readonly<Record<TransactionFault, RowProblemCode>> = {
  row: 'not-an-object',
  id: 'invalid-id',
  ts: 'invalid-ts',
  store_nbr: 'invalid-store',
  family: 'invalid-family',
  units: 'invalid-units',
  onpromotion: 'invalid-onpromotion',
  line: 'invalid-line',
  extra: 'unknown-field',
};

/** 1973-03-03 in milliseconds; read as seconds, a date after the year 5138. */
const FIRST_PLAUSIBLE_TS: EpochMs = 100_000_000_000;

/** The transaction of a row, or why it is not taken in. */
export function judgeRow(
  { isJson, value }: DeliveredValue,
  dataset: Pick<DatasetFacts, 'storeNbrs' | 'families'>,
  { asOf, liveStart }: StreamTime,
  limits: Pick<IngestLimits, 'maxUnits' | 'maxAheadMs' | 'maxLateMs'>,
): { readonly transaction: Transaction } | { readonly code: RowProblemCode } {
  if (!isJson) return { code: 'not-json' };
  const units = typeof value === 'object' && value !== null && 'units' in value ? value.units : null;
  if (typeof units === 'number' && units < 0) return { code: 'negative-units' };
  if (typeof units === 'number' && units > limits.maxUnits) return { code: 'too-many-units' };
  const checked = checkTransaction(value);
  if ('fault' in checked) return { code: CODES[checked.fault] };
  const { id, ts, store_nbr, family } = checked.transaction;
  // Half a surrogate pair would not survive the way to the store.
  if (!id.isWellFormed()) return { code: 'invalid-id' };
  if (ts < FIRST_PLAUSIBLE_TS) return { code: 'ts-in-seconds' };
  if (!dataset.storeNbrs.has(store_nbr)) return { code: 'unknown-store' };
  if (!dataset.families.has(family)) return { code: 'unknown-family' };
  if (ts > asOf + limits.maxAheadMs) return { code: 'ahead-of-time' };
  if (ts < liveStart) return { code: 'closed-history' };
  if (ts < asOf - limits.maxLateMs) return { code: 'too-late' };
  return checked;
}
