import type { ZodType } from 'zod';
import { PROBLEMS, type ProblemCode, problemSchema } from '../../../shared/schemas/api/problem.ts';

/** A JSON answer of one operation; the example stands beside its schema. */
export function jsonContent<T extends ZodType>(schema: T, description: string) {
  return { description, content: { 'application/json': { schema } } };
}

interface ProblemResponse {
  description: string;
  content: { 'application/problem+json': { schema: typeof problemSchema } };
}

type ProblemResponses<C extends ProblemCode> = {
  [Code in C as (typeof PROBLEMS)[Code]['status']]: ProblemResponse;
};

/** The problems that an operation can answer with besides `internal`, which every one can. */
export function problemResponses<const C extends ProblemCode>(
  ...codes: readonly C[]
): ProblemResponses<C | 'internal'> {
  const responses: Record<number, ProblemResponse> = {};
  for (const code of [...codes, 'internal'] as const) {
    const { status, title } = PROBLEMS[code];
    const line = `\`${code}\`: ${title}.`;
    const earlier = responses[status]?.description;
    responses[status] = {
      description: earlier ? `${earlier} ${line}` : line,
      content: { 'application/problem+json': { schema: problemSchema } },
    };
  }
  return responses as ProblemResponses<C | 'internal'>;
}

/** The answer to If-None-Match while nothing has changed. */
export const notModifiedResponse = {
  304: { description: 'Nothing has changed since the answer with this ETag.' },
};
