import type { ClientResponse } from 'hono/client';
import type { Problem } from '../../../../shared/schemas/api/problem.ts';

/** The body of an operation's success response. */
type SuccessBody<R> = R extends ClientResponse<infer Body, 200, 'json'> ? Body : never;

/**
 * Waits for a response and reads its body.
 *
 * @throws {ApiError} for a response that is not a success, is unreadable, or does not arrive.
 */
export async function readAnswer<R extends ClientResponse<unknown>>(
  answer: Promise<R>,
): Promise<SuccessBody<R>> {
  try {
    const response = await answer;
    if (response.ok) return (await response.json()) as SuccessBody<R>;
    throw toApiError(response.status, await response.json().catch(() => null));
  } catch (error) {
    throw asApiError(error);
  }
}

/**
 * Why there is no data: `unreachable` (no connection, or no response in time), `not-ready` (the system is still
 * loading), `problem` (the API returned an error), `unreadable` (something else responded).
 */
export type ApiErrorKind = 'unreachable' | 'not-ready' | 'problem' | 'unreadable';

export class ApiError extends Error {
  override name = 'ApiError';
  readonly kind: ApiErrorKind;
  readonly title: string;
  readonly detail: string;
  /** Identifies this request in a report; null when the API did not send it. */
  readonly requestId: string | null;

  constructor(kind: ApiErrorKind, title: string, detail: string, requestId: string | null = null) {
    super(`${title}: ${detail}`);
    this.kind = kind;
    this.title = title;
    this.detail = detail;
    this.requestId = requestId;
  }
}

/** Codes that are transient while the system starts. */
const STARTING: readonly string[] = ['not-ready', 'no-model'];

/** @param body The parsed body of a response that is not a success; may be anything. */
export function toApiError(status: number, body: unknown): ApiError {
  if (!isProblem(body)) {
    return new ApiError(
      'unreadable',
      `The server answered ${status}`,
      'It gave no explanation. Try again; if the error persists, check the log of the API.',
    );
  }
  const kind = STARTING.includes(body.code) ? 'not-ready' : 'problem';
  return new ApiError(kind, body.title, body.detail, body.request_id ?? null);
}

type ProblemFields = Pick<Problem, 'title' | 'detail'> & { code: string; request_id?: string };

function isProblem(body: unknown): body is ProblemFields {
  const fields = body as Partial<Record<keyof Problem, unknown>> | null;
  return (
    typeof fields === 'object' &&
    fields !== null &&
    typeof fields.title === 'string' &&
    typeof fields.detail === 'string' &&
    typeof fields.code === 'string'
  );
}

/** Any failure of a request as an `ApiError`. */
export function asApiError(error: unknown): ApiError {
  if (error instanceof ApiError) return error;
  if (error instanceof SyntaxError) {
    return new ApiError(
      'unreadable',
      'The answer cannot be read',
      'The server sent something other than JSON.',
    );
  }
  const late = error instanceof DOMException && error.name === 'TimeoutError';
  return late
    ? new ApiError('unreachable', 'The server takes too long', 'There was no answer within 15 seconds.')
    : new ApiError(
        'unreachable',
        'The server cannot be reached',
        'Check the connection. The page tries again by itself.',
      );
}
