import type { ZodError } from 'zod';
import type { ParameterError } from '../../../shared/schemas/api/problem.ts';
import { ApiProblem } from './api-problem.ts';

const PLACES: Readonly<Record<string, ParameterError['in']>> = {
  query: 'query',
  param: 'path',
  header: 'header',
  json: 'body',
};

/** @returns the problem `invalid-parameter` with every parameter that is wrong. */
export function invalidParameters(target: string, { issues }: Pick<ZodError, 'issues'>): ApiProblem {
  const place = PLACES[target] ?? 'query';
  const errors = issues.map((issue) => ({
    in: place,
    name: issue.path.join('.'),
    detail: issue.message,
  }));
  const detail = errors.map((error) => `${error.name} ${error.detail}`).join('; ');
  return new ApiProblem('invalid-parameter', detail, { errors });
}
