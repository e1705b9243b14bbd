import { compareEntryIds } from '../../../shared/sales-store/entry-id.ts';
import type { DeadLetter } from '../../../shared/sales-store/sales-store.ts';
import type { PartitionReport } from './report.ts';
import type { StreamRecount } from './stream-recount.ts';

/** Rows of the stream that cannot be counted beside the dead letters that are kept. */
export function compareLetters(
  expected: readonly DeadLetter[],
  held: readonly DeadLetter[],
  { firstEntry }: StreamRecount,
): PartitionReport['deadLetters'] {
  const nameOf = ({ entryId, row, reason }: DeadLetter) => `${entryId} row ${row}: ${reason}`;
  const heldNames = new Set(held.map(({ entryId, row }) => `${entryId} ${row}`));
  const expectedNames = new Set(expected.map(({ entryId, row }) => `${entryId} ${row}`));
  const inStream = held.filter(({ entryId }) => compareEntryIds(entryId, firstEntry) >= 0);
  const last = expected.at(-1)?.entryId ?? null;
  return {
    expected: expected.length,
    missing: expected.filter(({ entryId, row }) => !heldNames.has(`${entryId} ${row}`)).map(nameOf),
    unexpected: inStream
      .filter(
        ({ entryId, row }) => !expectedNames.has(`${entryId} ${row}`) && compareEntryIds(entryId, last) <= 0,
      )
      .map(nameOf),
  };
}
