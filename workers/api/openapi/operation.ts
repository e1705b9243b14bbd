import type { OpenAPIRoute, RouteConfig, RouteConfigToTypedResponse } from '@hono/zod-openapi';
import type { Context, MiddlewareHandler, TypedResponse } from 'hono';
import { bodyLimit } from 'hono/body-limit';
import type { ZodType } from 'zod';
import { PROBLEMS, type ProblemCode, problemSchema } from '../../../shared/schemas/api/problem.ts';
import { ApiProblem } from '../problems/api-problem.ts';

type LibraryHandler<R extends RouteConfig> = OpenAPIRoute<R>['handler'];

/**
 * A handler that returns declared responses only. The library's own type accepts any response as soon as one of the
 * declared ones has no body, such as 304.
 */
type OperationHandler<R extends RouteConfig> = (
  c: Parameters<LibraryHandler<R>>[0],
) => RouteConfigToTypedResponse<R> | Promise<RouteConfigToTypedResponse<R>>;

/** One operation of the API: its route and its handler. */
export interface Operation<R extends RouteConfig> {
  readonly route: R;
  readonly handler: OperationHandler<R>;
}

/** Joins a route and its handler, so that parameters and bodies of the handler are those of the route. */
export function defineOperation<R extends RouteConfig>(route: R, handler: OperationHandler<R>): Operation<R> {
  return { route, handler };
}

/** The response 304; its headers have been set before. */
export function notModified(c: Context): TypedResponse<Record<never, never>, 304, string> {
  return c.body(null, 304) as unknown as TypedResponse<Record<never, never>, 304, string>;
}

/** A JSON response of one operation; the example is part of its schema. */
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

/** Possible responses of every operation. */
const ALWAYS = ['rate-limited', 'internal'] as const;

/** The problems that an operation can respond with, in addition to those that are always possible. */
export function problemResponses<const C extends ProblemCode>(
  ...codes: readonly C[]
): ProblemResponses<C | (typeof ALWAYS)[number]> {
  const responses: Record<number, ProblemResponse> = {};
  for (const code of new Set<ProblemCode>([...codes, ...ALWAYS])) {
    const { status, title } = PROBLEMS[code];
    const line = `\`${code}\`: ${title}.`;
    const earlier = responses[status]?.description;
    responses[status] = {
      description: earlier ? `${earlier} ${line}` : line,
      content: { 'application/problem+json': { schema: problemSchema } },
    };
  }
  return responses as ProblemResponses<C | (typeof ALWAYS)[number]>;
}

/** The response to If-None-Match while nothing has changed. */
export const notModifiedResponse = {
  304: { description: 'Nothing has changed since the response with this ETag.' },
};

/** A strong entity tag of several parts; every part is percent-encoded, so any text is allowed. */
export function entityTag(...parts: readonly (string | number | null)[]): string {
  return `"${parts.map((part) => encodeURIComponent(part ?? '')).join('.')}"`;
}

/**
 * Sets the caching headers and returns whether the client already has this version: then the response is 304, and the
 * body need not be computed.
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

/** Refuses a body that is longer, of another type, or compressed, before it is read. */
export function requireJson(maxBytes: number): MiddlewareHandler {
  const limit = bodyLimit({
    maxSize: maxBytes,
    onError: () => {
      const detail = `The body is longer than ${maxBytes} bytes; ask for fewer series at once`;
      throw new ApiProblem('payload-too-large', detail);
    },
  });
  return (c, next) => {
    const type = c.req.header('Content-Type')?.split(';')[0]?.trim().toLowerCase();
    const encoding = c.req.header('Content-Encoding')?.trim().toLowerCase() ?? 'identity';
    if (type !== 'application/json' || encoding !== 'identity') {
      const detail = 'Send the body uncompressed, with the header Content-Type: application/json';
      throw new ApiProblem('unsupported-media-type', detail);
    }
    return limit(c, next);
  };
}
