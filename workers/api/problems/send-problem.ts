import type { Context } from 'hono';
import { HTTPException } from 'hono/http-exception';
import { ModelError } from '../../../shared/artifacts/load-model.ts';
import { PROBLEMS, type Problem, type ProblemCode } from '../../../shared/schemas/api/problem.ts';
import { ApiProblem, StorageError } from './api-problem.ts';

/** Seconds after which a client should try again, by status: unavailable, and rate limited. */
const RETRY_AFTER_SECONDS: Readonly<Record<number, string>> = { 503: '5', 429: '60' };

export type ReportError = (error: unknown, requestId: string) => void;

/** Responds with application/problem+json; faults of the API and of its dependencies are reported first. */
export function sendProblem(c: Context, error: unknown, report: ReportError): Response {
  const url = new URL(c.req.url);
  const requestId: string = c.get('requestId') ?? '';
  const problem = toProblem(error, { instance: url.pathname + url.search, requestId });
  // An error that the API raised itself is a response, not a fault.
  if (problem.status >= 500 && !(error instanceof ApiProblem)) report(error, requestId);
  c.header('Content-Type', 'application/problem+json');
  c.header('Cache-Control', 'no-store');
  const retryAfter = RETRY_AFTER_SECONDS[problem.status];
  if (retryAfter !== undefined) c.header('Retry-After', retryAfter);
  if (problem.status === 401) c.header('WWW-Authenticate', 'Bearer');
  return c.body(JSON.stringify(problem), problem.status as 400);
}

/** The request in a problem. */
export interface RequestIdentity {
  /** Path and query. */
  readonly instance: string;
  readonly requestId: string;
}

/** The one place where an error becomes a response (RFC 9457). An unexpected one is `internal`, without its text. */
export function toProblem(error: unknown, { instance, requestId }: RequestIdentity): Problem {
  const { code, detail, extras } = describe(error);
  const { status, title } = PROBLEMS[code];
  return {
    type: `/v1/problems#${code}`,
    code,
    title,
    status,
    detail,
    instance,
    request_id: requestId,
    ...(extras.errors && { errors: [...extras.errors] }),
    ...(extras.suggestions && { suggestions: [...extras.suggestions] }),
    ...(extras.missing && { missing: [...extras.missing] }),
  };
}

function describe(error: unknown): { code: ProblemCode; detail: string; extras: ApiProblem['extras'] } {
  if (error instanceof ApiProblem) return { code: error.code, detail: error.message, extras: error.extras };
  // What the framework raises for a body that is not JSON, or that ended early.
  if (error instanceof HTTPException && error.status === 400) {
    return {
      code: 'invalid-body',
      detail: 'The body is not a whole JSON document; check its syntax',
      extras: {},
    };
  }
  if (error instanceof ModelError) return { code: error.code, detail: error.message, extras: {} };
  if (error instanceof StorageError) {
    return { code: 'store-unavailable', detail: `${error.message}; try again in a moment`, extras: {} };
  }
  return {
    code: 'internal',
    detail: 'This is a fault of the API, not of the request; it is logged under the request id.',
    extras: {},
  };
}
