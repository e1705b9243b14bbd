import type { Context } from 'hono';
import { ApiProblem } from './api-problem.ts';
import { toProblem } from './to-problem.ts';

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
