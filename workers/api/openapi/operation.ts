import type { OpenAPIRoute, RouteConfig } from '@hono/zod-openapi';

/** One operation of the API: what it takes and answers, and how. */
export interface Operation<R extends RouteConfig> {
  readonly route: R;
  readonly handler: OpenAPIRoute<R>['handler'];
}

/** Joins a route and its handler, so that parameters and bodies of the handler are those of the route. */
export function defineOperation<R extends RouteConfig>(
  route: R,
  handler: OpenAPIRoute<R>['handler'],
): Operation<R> {
  return { route, handler };
}
