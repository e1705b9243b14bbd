import { createRoute, z } from '@hono/zod-openapi';
import {
  deliveredTransactionsSchema,
  type IncomingTransactions,
  takenTransactionsBodySchema,
} from '../../../shared/schemas/api/transactions.ts';
import { defineOperation, jsonContent, problemResponses } from '../openapi/operation.ts';
import { ApiProblem } from '../problems/api-problem.ts';
import type { ApiContext } from '../queries/context.ts';

const KEY_FIX = 'write 1 to 200 printable ASCII characters without spaces, for example a UUID';

const route = createRoute({
  method: 'post',
  path: '/v1/transactions',
  tags: ['transactions'],
  operationId: 'sendTransactions',
  summary: 'Send sales',
  description:
    'Ingests up to 5,000 transactions, as a JSON array or as NDJSON. Invalid rows are rejected one ' +
    'by one, the others are accepted. A transaction is counted once, however often it is sent: its id is remembered ' +
    'for longer than late sales are accepted. The same id with other content is rejected as a conflict; lines that ' +
    'share the id of a receipt each need their own `line`. With an Idempotency-Key the same request gets the same response again. ' +
    'Returns (negative units) are not accepted: they are not demand.',
  security: [{ ingestKey: [] }],
  request: {
    headers: z.object({
      'idempotency-key': z
        .string()
        .regex(/^[\x21-\x7e]{1,200}$/, `is not a key: ${KEY_FIX}`)
        .optional()
        .meta({
          type: 'string',
          example: '8e03978e-40d5-43dd-bc93-6894a57f9324',
          description: 'Identifies this request: sent again, it gets the same response as the first time.',
        }),
    }),
    body: {
      required: true,
      content: { 'application/json': { schema: deliveredTransactionsSchema } },
    },
  },
  responses: {
    200: jsonContent(takenTransactionsBodySchema, 'Every row is accepted, or was before.'),
    207: jsonContent(takenTransactionsBodySchema, 'Some rows are rejected; all others are accepted.'),
    ...problemResponses(
      'invalid-parameter',
      'invalid-body',
      'unauthorized',
      'payload-too-large',
      'unsupported-media-type',
      'idempotency-conflict',
      'ingest-disabled',
      'not-ready',
      'store-unavailable',
    ),
  },
});

/**
 * The same route with its body documented but not parsed here: the producer reads rows as they arrive and judges each
 * of them, which a parser of the whole body could not.
 */
const streamed: typeof route = {
  ...route,
  request: {
    ...route.request,
    body: {
      required: true,
      content: {
        'application/json': {
          schema: {
            type: 'array',
            minItems: 1,
            maxItems: 5000,
            items: { $ref: '#/components/schemas/Transaction' },
          },
        },
        'application/x-ndjson': {
          schema: { type: 'string', description: 'One Transaction as a JSON object on each line.' },
        },
      } as unknown as (typeof route)['request']['body']['content'],
    },
  },
};

export const transactions = ({ ingest }: ApiContext) =>
  defineOperation(streamed, async (c) => {
    if (!ingest) {
      throw new ApiProblem(
        'ingest-disabled',
        'Ingestion is disabled until a key is set: configure the secret INGEST_API_KEYS of this Worker',
      );
    }
    const caller = await ingest.identify(c.req.header('Authorization'));
    if (caller === null) {
      throw new ApiProblem('unauthorized', 'Send a valid key in the header Authorization: Bearer <key>');
    }
    const within = await ingest.limiter?.limit({ key: caller });
    if (within?.success === false) {
      throw new ApiProblem(
        'rate-limited',
        'Too many requests with this key; wait a minute, and send more transactions in each',
      );
    }
    const format = transactionFormat(c.req.header('Content-Type'));
    const encoding = c.req.header('Content-Encoding')?.trim().toLowerCase() ?? 'identity';
    if (encoding !== 'identity') {
      throw new ApiProblem(
        'unsupported-media-type',
        `Content-Encoding "${encoding}" is not taken; send the body uncompressed, without this header`,
      );
    }
    const { body } = c.req.raw;
    if (!body) throw new ApiProblem('invalid-body', 'The request has no body; send at least one transaction');
    const idempotencyKey = c.req.valid('header')['idempotency-key'] ?? null;
    const answer = await ingest.intake.takeIn({ format, body, idempotencyKey });
    if (answer.outcome === 'refused') throw new ApiProblem(answer.code, answer.detail);
    c.header('Cache-Control', 'no-store');
    if (answer.outcome === 'repeated') c.header('Idempotency-Replayed', 'true');
    return c.json(answer.body, answer.body.rejected.length > 0 ? 207 : 200);
  });

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
