import type { ClientResponse } from 'hono/client';
import { asApiError, toApiError } from './api-error.ts';

/** The body of the answer that an operation gives when it succeeds. */
type SuccessBody<R> = R extends ClientResponse<infer Body, 200, 'json'> ? Body : never;

/**
 * Waits for an answer and reads its body.
 *
 * @throws {ApiError} for an answer that is not a success, cannot be read, or does not come.
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
