import { last } from '../../../shared/at.ts';
import { messageOf } from '../../../shared/errors/message-of.ts';
import type { IncomingTransactions, IntakeAnswer } from '../../../shared/schemas/api/transactions.ts';
import { sha256Hex } from '../../../shared/sha256.ts';
import type { IngestLimits } from './limits.ts';

/** One row of a delivery as it was sent. */
export interface DeliveredValue {
  /** Line of an NDJSON body, from 1; null for an array. */
  readonly line: number | null;
  readonly isJson: boolean;
  readonly value: unknown;
}

type Refusal = Extract<IntakeAnswer, { outcome: 'refused' }>;

/** Thrown while a body is read, so that the rest of it is not. */
class Refused extends Error {
  readonly code: Refusal['code'];

  constructor(code: Refusal['code'], detail: string) {
    super(detail);
    this.code = code;
  }
}

export interface ReadDelivery {
  readonly rows: readonly DeliveredValue[];
  /** SHA-256 of format and bytes, in hexadecimal. */
  readonly digest: string;
}

/**
 * Reads a body to its end, NDJSON line by line as it comes, and stops as soon as it is too long.
 *
 * @returns every row in its order, or why the body is not one.
 */
export async function readRows(
  { format, body }: Pick<IncomingTransactions, 'format' | 'body'>,
  limits: Pick<IngestLimits, 'maxRows' | 'maxBytes'>,
): Promise<ReadDelivery | Refusal> {
  const chunks: Uint8Array[] = [new TextEncoder().encode(`${format}:`)];
  try {
    const texts = decode(collect(body, limits.maxBytes, chunks));
    const rows =
      format === 'ndjson' ? await readLines(texts, limits.maxRows) : await readArray(texts, limits.maxRows);
    if (rows.length === 0)
      throw new Refused('invalid-body', 'The body has no transactions; send at least one');
    return { rows, digest: await digestOf(chunks) };
  } catch (error) {
    if (error instanceof Refused) return { outcome: 'refused', code: error.code, detail: error.message };
    throw error;
  }
}

async function* collect(
  body: ReadableStream<Uint8Array>,
  maxBytes: number,
  chunks: Uint8Array[],
): AsyncGenerator<Uint8Array> {
  let bytes = 0;
  for await (const chunk of untilItBreaks(body)) {
    bytes += chunk.byteLength;
    if (bytes > maxBytes) {
      throw new Refused(
        'payload-too-large',
        `The body has more than ${maxBytes} bytes; send it in several requests`,
      );
    }
    chunks.push(chunk);
    yield chunk;
  }
}

/** A body that its sender cuts off, or frames wrongly, is the sender's fault: the store has not failed to write. */
async function* untilItBreaks(body: ReadableStream<Uint8Array>): AsyncGenerator<Uint8Array> {
  try {
    yield* body as AsyncIterable<Uint8Array>;
  } catch (error) {
    const why = messageOf(error);
    throw new Refused('invalid-body', `The body broke off before its end (${why}); send all of it again`);
  }
}

async function* decode(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<string> {
  const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: false });
  const decodeNext = (...input: Parameters<typeof decoder.decode>) => {
    try {
      return decoder.decode(...input);
    } catch {
      throw new Refused('invalid-body', 'The body is not UTF-8; encode it as UTF-8');
    }
  };
  for await (const chunk of chunks) yield decodeNext(chunk, { stream: true });
  yield decodeNext();
}

async function readLines(texts: AsyncIterable<string>, maxRows: number): Promise<DeliveredValue[]> {
  const rows: DeliveredValue[] = [];
  let line = 0;
  /** Of the line that is read: joined once, because a line may come in many chunks. */
  const parts: string[] = [];
  const take = () => {
    const text = parts.splice(0).join('');
    line++;
    if (text.trim() === '') return;
    rows.push({ line, ...parse(text) });
    assertRowCount(rows.length, maxRows);
  };
  for await (const text of texts) {
    const lines = text.split('\n');
    for (const part of lines.slice(0, -1)) {
      parts.push(part);
      take();
    }
    parts.push(last(lines));
  }
  take();
  return rows;
}

async function readArray(texts: AsyncIterable<string>, maxRows: number): Promise<DeliveredValue[]> {
  const parts: string[] = [];
  for await (const text of texts) parts.push(text);
  const { isJson, value } = parse(parts.join(''));
  if (!isJson) {
    throw new Refused('invalid-body', 'The body is not JSON; send an array of transactions, or NDJSON');
  }
  if (!Array.isArray(value)) {
    throw new Refused(
      'invalid-body',
      'The body is not an array; write [{"id": ..., "ts": ...}], also for one',
    );
  }
  assertRowCount(value.length, maxRows);
  return value.map((row: unknown) => ({ line: null, isJson: true, value: row }));
}

function parse(text: string): { readonly isJson: boolean; readonly value: unknown } {
  try {
    return { isJson: true, value: JSON.parse(text) as unknown };
  } catch {
    return { isJson: false, value: null };
  }
}

function assertRowCount(count: number, maxRows: number): void {
  if (count <= maxRows) return;
  throw new Refused(
    'payload-too-large',
    `The body has more than ${maxRows} transactions; send them in several requests`,
  );
}

async function digestOf(chunks: readonly Uint8Array[]): Promise<string> {
  const bytes = new Uint8Array(chunks.reduce((sum, { byteLength }) => sum + byteLength, 0));
  let at = 0;
  for (const chunk of chunks) {
    bytes.set(chunk, at);
    at += chunk.byteLength;
  }
  return sha256Hex(bytes);
}
