import { ModelError } from '../../../shared/models/model-error.ts';
import { PROBLEMS, type Problem, type ProblemCode } from '../../../shared/schemas/api/problem.ts';
import { ApiProblem } from './api-problem.ts';
import { StorageError } from './storage-error.ts';

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
