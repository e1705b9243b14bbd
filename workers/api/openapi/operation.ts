import type { OpenAPIRoute, RouteConfig, RouteConfigToTypedResponse } from '@hono/zod-openapi';
import type { Context, TypedResponse } from 'hono';

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
