import { z } from 'zod';
import { componentStateSchema } from './health.ts';

/** Every error code of the API, with its HTTP status and what it means; GET /v1/problems lists them. */
export const PROBLEMS = {
  'invalid-parameter': { status: 400, title: 'A parameter is missing or wrong' },
  'invalid-body': { status: 400, title: 'The body is not what the address takes' },
  unauthorized: { status: 401, title: 'The key is missing or wrong' },
  'unknown-store': { status: 404, title: 'There is no such store' },
  'unknown-family': { status: 404, title: 'There is no product family with this name' },
  'unknown-series': { status: 404, title: 'The store does not sell this family' },
  'no-model': { status: 503, title: 'No model has been published yet' },
  'model-mismatch': { status: 503, title: 'The published model does not fit this version of the API' },
  'not-ready': { status: 503, title: 'Not everything that the answer needs has been loaded yet' },
  'store-unavailable': { status: 503, title: 'The feature store or the object store does not answer' },
  'payload-too-large': { status: 413, title: 'The body is longer than a request may be' },
  'unsupported-media-type': { status: 415, title: 'The address does not take bodies of this type' },
  'idempotency-conflict': { status: 422, title: 'The Idempotency-Key was used for another body' },
  'rate-limited': { status: 429, title: 'Too many requests in a short time' },
  'ingest-disabled': { status: 501, title: 'Sending sales has not been set up' },
  'not-found': { status: 404, title: 'There is nothing at this address' },
  'method-not-allowed': { status: 405, title: 'The address does not take this method' },
  internal: { status: 500, title: 'The API failed' },
} as const satisfies Record<string, { status: number; title: string }>;

export type ProblemCode = keyof typeof PROBLEMS;
export const PROBLEM_CODES = Object.keys(PROBLEMS) as [ProblemCode, ...ProblemCode[]];

/** One wrong parameter: what is wrong with it and how to put it right. */
export const parameterErrorSchema = z
  .object({ in: z.enum(['query', 'path', 'header', 'body']), name: z.string(), detail: z.string() })
  .meta({ id: 'ParameterError' });
export type ParameterError = z.infer<typeof parameterErrorSchema>;

/** Problem details of RFC 9457, sent as application/problem+json. */
export const problemSchema = z
  .object({
    type: z.string().meta({ description: 'Address of the documentation of the code.' }),
    code: z.enum(PROBLEM_CODES),
    title: z.string(),
    status: z.int(),
    detail: z.string().meta({ description: 'What happened this time, and what to do about it.' }),
    instance: z.string().meta({ description: 'Path and query of the request.' }),
    request_id: z.string().meta({ description: 'Also in the header X-Request-Id; name it in a report.' }),
    errors: z
      .array(parameterErrorSchema)
      .optional()
      .meta({ description: 'With invalid-parameter: every parameter that is wrong.' }),
    suggestions: z
      .array(z.string())
      .optional()
      .meta({ description: 'With unknown-*: the names that come nearest.' }),
    missing: z
      .array(componentStateSchema)
      .optional()
      .meta({ description: 'With not-ready: what is still missing.' }),
  })
  .meta({
    id: 'Problem',
    example: {
      type: '/v1/problems#unknown-family',
      code: 'unknown-family',
      title: 'There is no product family with this name',
      status: 404,
      detail: 'No family is called "GROCERY 1"; did you mean "GROCERY I"?',
      instance: '/v1/forecasts?store_nbr=44&family=GROCERY+1',
      request_id: '6f1b4a53-7c0d-4f0e-9d2c-5a4f6b8d2e10',
      suggestions: ['GROCERY I', 'GROCERY II'],
    },
  });
export type Problem = z.infer<typeof problemSchema>;

/** Body of GET /v1/problems. */
export const problemListBodySchema = z
  .object({
    problems: z.array(z.object({ code: z.enum(PROBLEM_CODES), status: z.int(), title: z.string() })),
  })
  .meta({
    id: 'ProblemList',
    example: {
      problems: [{ code: 'unknown-store', status: 404, title: PROBLEMS['unknown-store'].title }],
    },
  });
