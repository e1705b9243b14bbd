import type { Context } from 'hono';
import { ModelError } from '../../../shared/artifacts/load-model.ts';
import { PROBLEMS, type Problem, type ProblemCode } from '../../../shared/schemas/api/problem.ts';
import { ApiProblem, StorageError } from './api-problem.ts';

/** Seconds after which a client should try again, by status: what is not available, and what came too often. */
const RETRY_AFTER_SECONDS: Readonly<Record<number, string>> = { 503: '5', 429: '60' };

export type ReportError = (error: unknown, requestId: string) => void;

/** Answers with application/problem+json; faults of the API and of what it depends on are reported first. */
export function sendProblem(c: Context, error: unknown, report: ReportError): Response {
  const url = new URL(c.req.url);
  const requestId: string = c.get('requestId') ?? '';
  const problem = toProblem(error, { instance: url.pathname + url.search, requestId });
  // A refusal that the API decided on is an answer, not a fault.
  if (problem.status >= 500 && !(error instanceof ApiProblem)) report(error, requestId);
  c.header('Content-Type', 'application/problem+json');
  c.header('Cache-Control', 'no-store');
  const retryAfter = RETRY_AFTER_SECONDS[problem.status];
  if (retryAfter !== undefined) c.header('Retry-After', retryAfter);
  if (problem.status === 401) c.header('WWW-Authenticate', 'Bearer');
  return c.body(JSON.stringify(problem), problem.status as 400);
}

/** What a problem says of the request that it answers. */
export interface RequestIdentity {
  /** Path and query. */
  readonly instance: string;
  readonly requestId: string;
}

/** The one place where an error becomes an answer (RFC 9457). What is not foreseen is `internal`, without its text. */
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
  if (error instanceof ModelError) return { code: error.code, detail: error.message, extras: {} };
  if (error instanceof StorageError) {
    return { code: 'store-unavailable', detail: `${error.message}; try again in a moment`, extras: {} };
  }
  return {
    code: 'internal',
    detail: 'This is a fault of the API, not of the request; the log has it under the request id.',
    extras: {},
  };
}
