import { z } from 'zod';
import { transactionSchema } from '../transaction.ts';

/** Rows of one request at most. */
const MAX_ROWS = 5000;

/** Why a row is not taken in: the field that is wrong, what is wrong with it, and what to do about it. */
export const ROW_PROBLEMS = {
  'not-json': {
    field: null,
    detail: 'The line is not JSON',
    fix: 'Write one transaction as a JSON object on each line',
  },
  'not-an-object': { field: null, detail: 'The row is not an object', fix: 'Write {"id": ..., "ts": ...}' },
  'unknown-field': {
    field: null,
    detail: 'The row has a field that a transaction does not have',
    fix: 'Send id, ts, store_nbr, family, units, onpromotion and, for lines of a receipt, line, and nothing else',
  },
  'invalid-id': {
    field: 'id',
    detail: 'Must be a text of 1 to 120 characters',
    fix: 'Give each transaction an id that is its own within its store, and the same whenever it is sent again',
  },
  'invalid-line': {
    field: 'line',
    detail: 'Must be a whole number in 0..999999',
    fix: 'Send the number of the line on its receipt, or no line where every transaction has an id of its own',
  },
  conflict: {
    field: 'id',
    detail: 'This id was accepted before with other content: ts, family, units or onpromotion differs',
    fix: 'Give each line of a receipt its own `line`, or each transaction its own id; what was counted is not replaced',
  },
  'invalid-ts': {
    field: 'ts',
    detail: 'Must be the time of the sale in whole milliseconds since 1970-01-01 UTC',
    fix: 'Write a number such as 1795376100000, not a text',
  },
  'ts-in-seconds': {
    field: 'ts',
    detail: 'Lies before 1974, as seconds do that are taken for milliseconds',
    fix: 'Multiply by 1000',
  },
  'ahead-of-time': {
    field: 'ts',
    detail: 'Lies further ahead of as_of than the clock of a till may be',
    fix: 'Set the clock of the till; send the row again once its time has come',
  },
  'too-late': {
    field: 'ts',
    detail: 'Lies longer before as_of than late sales are taken',
    fix: 'Add the sale to the dataset that the next training reads',
  },
  'closed-history': {
    field: 'ts',
    detail: 'Lies before the first day that is counted live',
    fix: 'Add the sale to the dataset that the next training reads',
  },
  'invalid-store': {
    field: 'store_nbr',
    detail: 'Must be a text of 1 to 64 characters without control characters, or a whole number',
    fix: 'Send the store_nbr of a store of GET /v1/catalog, as it is written there',
  },
  'unknown-store': {
    field: 'store_nbr',
    detail: 'No store is called this',
    fix: 'Send the store_nbr of a store of GET /v1/catalog, or publish a dataset with the new store',
  },
  'invalid-family': {
    field: 'family',
    detail: 'Must be a name of 1 to 128 characters without control characters',
    fix: 'Send a family of GET /v1/catalog',
  },
  'unknown-family': {
    field: 'family',
    detail: 'No product family has this name',
    fix: 'Send a family of GET /v1/catalog, or publish a dataset with the new family',
  },
  'invalid-units': {
    field: 'units',
    detail: 'Must be a number with at most three decimals',
    fix: 'Round to thousandths of a unit',
  },
  'negative-units': {
    field: 'units',
    detail: 'Is negative: a return is no demand',
    fix: 'Leave returns out; the demand was there when the goods were sold',
  },
  'too-many-units': {
    field: 'units',
    detail: 'Is more than one transaction may have',
    fix: 'Look for a typing or scaling error; raise INGEST_MAX_UNITS if such sales are real',
  },
  'invalid-onpromotion': {
    field: 'onpromotion',
    detail: 'Must be a whole number in 0..65535',
    fix: 'Send how many items of the family are promoted, 0 for none',
  },
} as const satisfies Record<string, { field: string | null; detail: string; fix: string }>;

export type RowProblemCode = keyof typeof ROW_PROBLEMS;
export const ROW_PROBLEM_CODES = Object.keys(ROW_PROBLEMS) as [RowProblemCode, ...RowProblemCode[]];

/** Body of POST /v1/transactions as JSON; as NDJSON it is one such object on each line. */
export const deliveredTransactionsSchema = z
  .array(
    transactionSchema.meta({
      id: 'Transaction',
      description:
        'A sale of one product family at one store. `id` is its own within its store; where the lines of a receipt ' +
        'share its id, `line` is the number of the line and belongs to the identity; `ts` is its time in milliseconds ' +
        'since 1970-01-01 UTC; `store_nbr` is the store as GET /v1/catalog lists it, where a whole number means its ' +
        'digits; `units` has at most three decimals.',
      example: {
        id: 'till-7/2026-11-22/000123',
        ts: 1_795_376_040_000,
        store_nbr: '44',
        family: 'DAIRY',
        units: 2.5,
        onpromotion: 0,
      },
    }),
  )
  .min(1)
  .max(MAX_ROWS);

const place = {
  row: z.int().min(0).meta({ description: 'Place among the rows of the request, from 0.' }),
  line: z.int().min(1).nullable().meta({
    description: 'Line of an NDJSON body, from 1; null for an array. Not the `line` of a transaction.',
  }),
};

/** Answer of POST /v1/transactions. */
export const takenTransactionsBodySchema = z
  .object({
    as_of: z.iso.datetime().meta({ description: "The stream's time, against which the rows were judged." }),
    rows: z.int().min(1),
    accepted: z.int().min(0).meta({ description: 'Rows that were taken in by this request.' }),
    duplicates: z
      .array(z.object({ ...place, id: z.string() }))
      .meta({ description: 'Rows that were taken in before with the same content: not counted twice.' }),
    rejected: z
      .array(
        z.object({
          ...place,
          id: z.string().nullable().meta({ description: 'null where the row has no valid one.' }),
          code: z.enum(ROW_PROBLEM_CODES),
          field: z.string().nullable(),
          detail: z.string(),
          fix: z.string(),
        }),
      )
      .meta({ description: 'Rows that were not taken in; all others were.' }),
    entries: z.array(z.string()).meta({
      description:
        'Stream entries of the rows: counted once the watermark of GET /v1/pipeline has passed them.',
    }),
  })
  .meta({
    id: 'TakenTransactions',
    example: {
      as_of: '2026-11-22T19:35:00.000Z',
      rows: 3,
      accepted: 1,
      duplicates: [{ row: 1, line: 2, id: 'till-7/2026-11-22/000122' }],
      rejected: [
        {
          row: 2,
          line: 3,
          id: 'till-7/2026-11-22/000124',
          code: 'negative-units',
          ...ROW_PROBLEMS['negative-units'],
        },
      ],
      entries: ['1795376100000-1'],
    },
  });
export type TakenTransactionsBody = z.infer<typeof takenTransactionsBodySchema>;

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
