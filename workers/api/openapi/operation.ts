import type { OpenAPIRoute, RouteConfig, RouteConfigToTypedResponse } from '@hono/zod-openapi';
import type { Context, TypedResponse } from 'hono';
import type { ZodType } from 'zod';
import { PROBLEMS, type ProblemCode, problemSchema } from '../../../shared/schemas/api/problem.ts';

type LibraryHandler<R extends RouteConfig> = OpenAPIRoute<R>['handler'];

/**
 * A handler whose every answer is one that the route declares. The library's own type takes any answer at all as soon as
 * one of the declared ones has no body, as 304 has none.
 */
type OperationHandler<R extends RouteConfig> = (
  c: Parameters<LibraryHandler<R>>[0],
) => RouteConfigToTypedResponse<R> | Promise<RouteConfigToTypedResponse<R>>;

/** One operation of the API: what it takes and answers, and how. */
export interface Operation<R extends RouteConfig> {
  readonly route: R;
  readonly handler: OperationHandler<R>;
}

/** Joins a route and its handler, so that parameters and bodies of the handler are those of the route. */
export function defineOperation<R extends RouteConfig>(route: R, handler: OperationHandler<R>): Operation<R> {
  return { route, handler };
}

/** The answer 304, whose headers have been set before. */
export function notModified(c: Context): TypedResponse<Record<never, never>, 304, string> {
  return c.body(null, 304) as unknown as TypedResponse<Record<never, never>, 304, string>;
}

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

/** A strong entity tag of several parts; every part is percent-encoded, so any text will do. */
export function entityTag(...parts: readonly (string | number | null)[]): string {
  return `"${parts.map((part) => encodeURIComponent(part ?? '')).join('.')}"`;
}

/**
 * Sends the caching headers and says whether the client already has this version, in which case 304 is the answer
 * and the body need not be computed.
 */
export function isNotModified(c: Context, etag: string, cacheControl: string): boolean {
  c.header('ETag', etag);
  c.header('Cache-Control', cacheControl);
  const wanted = c.req.header('If-None-Match');
  if (wanted === undefined) return false;
  if (wanted.trim() === '*') return true;
  // A compressing proxy weakens the tag; for a 304 the weak comparison counts (RFC 9110, 13.1.2).
  const tags: readonly string[] = wanted.match(/"[^"]*"/g) ?? [];
  return tags.includes(etag);
}
