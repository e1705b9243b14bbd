import type { TakenTransactionsBody } from '../schemas/api/transactions.ts';

/** One request's transactions as they arrive. */
export interface IncomingTransactions {
  /** A JSON array, or one JSON object on each line. */
  readonly format: 'json' | 'ndjson';
  readonly body: ReadableStream<Uint8Array>;
  /** The sender's name for this request, under which it is answered once. */
  readonly idempotencyKey: string | null;
}

/**
 * What became of them. A refusal concerns the request as a whole, and nothing of it was taken in.
 *
 * - `invalid-body`: it is no list of transactions.
 * - `payload-too-large`: more bytes or rows than a request may have.
 * - `idempotency-conflict`: the key was used for another body.
 * - `not-ready`: no dataset has been published.
 */
export type IntakeAnswer =
  | { readonly outcome: 'taken' | 'repeated'; readonly body: TakenTransactionsBody }
  | {
      readonly outcome: 'refused';
      readonly code: 'invalid-body' | 'payload-too-large' | 'idempotency-conflict' | 'not-ready';
      readonly detail: string;
    };

/** Takes in transactions: the producer, in the same Worker or behind a service binding. */
export interface TransactionIntake {
  /**
   * @throws when the store or the object store fails. Whether the rows were taken in is not known then: sending them
   *   again, with the same key and ids, is safe.
   */
  takeIn(incoming: IncomingTransactions): Promise<IntakeAnswer>;
}
