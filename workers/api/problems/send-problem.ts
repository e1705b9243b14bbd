import type { Context } from 'hono';
import { ApiProblem } from './api-problem.ts';
import { toProblem } from './to-problem.ts';

/** Seconds after which a client should try again what is not available now. */
const RETRY_AFTER_SECONDS = '5';

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
  if (problem.status === 503) c.header('Retry-After', RETRY_AFTER_SECONDS);
  return c.body(JSON.stringify(problem), problem.status as 400);
}
