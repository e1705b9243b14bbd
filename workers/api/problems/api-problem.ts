import type { ZodError } from 'zod';
import { messageOf } from '../../../shared/errors/message-of.ts';
import type { ComponentState } from '../../../shared/schemas/api/health.ts';
import type { ParameterError, ProblemCode } from '../../../shared/schemas/api/problem.ts';

interface ProblemExtras {
  readonly errors?: readonly ParameterError[];
  readonly suggestions?: readonly string[];
  readonly missing?: readonly ComponentState[];
}

/** A documented error of a request: the code is its kind, the detail says what happened and what to do about it. */
export class ApiProblem extends Error {
  override readonly name = 'ApiProblem';
  readonly code: ProblemCode;
  readonly extras: ProblemExtras;

  constructor(code: ProblemCode, detail: string, extras: ProblemExtras = {}) {
    super(detail);
    this.code = code;
    this.extras = extras;
  }
}

/** The feature store or the object store failed or did not answer; `cause` is its own error. */
export class StorageError extends Error {
  override readonly name = 'StorageError';

  constructor(storage: string, cause: unknown) {
    super(`the ${storage} does not answer: ${messageOf(cause)}`, {
      cause,
    });
  }
}

const PLACES: Readonly<Record<string, ParameterError['in']>> = {
  query: 'query',
  param: 'path',
  header: 'header',
  json: 'body',
};

/** @returns the problem `invalid-parameter` with every invalid parameter. */
export function invalidParameters(target: string, { issues }: Pick<ZodError, 'issues'>): ApiProblem {
  const place = PLACES[target] ?? 'query';
  const errors = issues.flatMap((issue) =>
    issue.code === 'unrecognized_keys'
      ? issue.keys.map((name) => ({
          in: place,
          name,
          detail: 'is not known here: leave it out, or correct its name',
        }))
      : [{ in: place, name: issue.path.join('.'), detail: issue.message }],
  );
  const detail = errors.map((error) => `${error.name} ${error.detail}`).join('; ');
  return new ApiProblem('invalid-parameter', detail, { errors });
}
