import type { IncomingTransactions } from '../../../shared/ingest/transaction-intake.ts';
import { ApiProblem } from '../problems/api-problem.ts';

const FORMATS: Readonly<Record<string, IncomingTransactions['format']>> = {
  'application/json': 'json',
  'application/x-ndjson': 'ndjson',
  'application/ndjson': 'ndjson',
  'application/jsonl': 'ndjson',
};

/** @throws {ApiProblem} `unsupported-media-type` */
export function transactionFormat(contentType: string | undefined): IncomingTransactions['format'] {
  const type = (contentType ?? '').split(';')[0]?.trim().toLowerCase() ?? '';
  const format = Object.hasOwn(FORMATS, type) ? FORMATS[type] : undefined;
  if (format) return format;
  throw new ApiProblem(
    'unsupported-media-type',
    `The body is ${type === '' ? 'of no type' : `"${type.slice(0, 80)}"`}; send Content-Type: application/json ` +
      'with an array, or application/x-ndjson with one transaction on each line',
  );
}
