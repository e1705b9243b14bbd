import { createHash } from 'node:crypto';
import type { Dataset } from '../datasets/dataset.ts';

/** SHA-256 of all that rows are made of: any changed sale, promotion, ticket or covariate gives another one. */
export function hashDataset({ panel, stores, families, holidays, oil, shiftDays }: Dataset): string {
  const { milliUnits, onpromotion, tickets, ...shape } = panel;
  const hash = createHash('sha256');
  hash.update(JSON.stringify([shape, stores, families, holidays, oil, shiftDays]));
  for (const column of [milliUnits, onpromotion, ...(tickets ? [tickets] : [])]) {
    hash.update(new Uint8Array(column.buffer, column.byteOffset, column.byteLength));
  }
  return hash.digest('hex');
}
