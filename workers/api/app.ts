/**
 * The HTTP API: composition of its routes, which are one file each in `routes/`. To add an operation, write its
 * bodies in `shared/schemas/api`, its route in `routes/`, and list it here.
 *
 * @module
 */
import { OpenAPIHono, z } from '@hono/zod-openapi';
import { cors } from 'hono/cors';
import { requestId } from 'hono/request-id';
import { secureHeaders } from 'hono/secure-headers';
import { deliveredTransactionsSchema } from '../../shared/schemas/api/transactions.ts';
import { letThroughOnFailure, limitRequests } from './access/rate-limit.ts';
import { sendDocsPage } from './openapi/docs-page.ts';
import { documentHead } from './openapi/document.ts';
import { ApiProblem, invalidParameters } from './problems/api-problem.ts';
import { sendProblem } from './problems/send-problem.ts';
import { createApiContext } from './queries/context.ts';
import type { ApiDependencies } from './queries/dependencies.ts';
import { catalog } from './routes/catalog.ts';
import { batchForecasts, forecasts } from './routes/forecasts.ts';
import { health, ready } from './routes/health.ts';
import { modelsChampion } from './routes/models-champion.ts';
import { pipeline } from './routes/pipeline.ts';
import { problems } from './routes/problems.ts';
import { salesDaily } from './routes/sales-daily.ts';
import { salesLive } from './routes/sales-live.ts';
import { salesMonthly, salesWeekly } from './routes/sales-periods.ts';
import { transactions } from './routes/transactions.ts';

/** Exposed to scripts of other origins. */
const EXPOSED_HEADERS = [
  'Content-Disposition',
  'ETag',
  'X-Request-Id',
  'Retry-After',
  'Idempotency-Replayed',
];

/**
 * Creates the API. One instance serves an isolate for its lifetime: caches of catalog, plans and model live in it.
 *
 * @example
 * const app = createApi(dependencies);
 * const response = await app.request('/v1/forecasts?store_nbr=44&family=GROCERY%20I');
 */
export function createApi(dependencies: ApiDependencies) {
  const context = createApiContext(dependencies);
  const app = new OpenAPIHono({
    defaultHook: (result) => {
      if (!result.success) throw invalidParameters(result.target, result.error);
    },
  });

  app.use(requestId());
  app.use(secureHeaders());
  const { allowedOrigins, requestLimiter } = dependencies;
  if (allowedOrigins.length > 0) {
    const origin = allowedOrigins.includes('*') ? '*' : [...allowedOrigins];
    const reads = { origin, exposeHeaders: EXPOSED_HEADERS };
    app.use('/v1/forecasts/batch', cors({ ...reads, allowMethods: ['POST', 'OPTIONS'] }));
    app.use(cors({ ...reads, allowMethods: ['GET', 'HEAD', 'OPTIONS'] }));
  }

  if (requestLimiter) {
    const identify = context.ingest?.identify ?? (async () => null);
    app.use('/v1/*', limitRequests(letThroughOnFailure(requestLimiter, dependencies.report), identify));
  }

  app.openAPIRegistry.registerComponent('securitySchemes', 'ingestKey', {
    type: 'http',
    scheme: 'bearer',
    description: 'A key of the secret INGEST_API_KEYS.',
  });
  const { $defs: { Transaction } = {} } = z.toJSONSchema(deliveredTransactionsSchema.element, {
    io: 'input',
  });
  app.openAPIRegistry.registerComponent('schemas', 'Transaction', Transaction as object);
  const routed = app.openapiRoutes([
    catalog(context),
    salesLive(context),
    salesDaily(context),
    salesWeekly(context),
    salesMonthly(context),
    transactions(context),
    forecasts(context),
    batchForecasts(context),
    modelsChampion(context),
    pipeline(context),
    health(context),
    ready(context),
    problems(),
  ]);

  let document: ReturnType<typeof app.getOpenAPI31Document> | null = null;
  app.get('/openapi.json', (c) => {
    document ??= app.getOpenAPI31Document(documentHead);
    c.header('Cache-Control', 'public, max-age=3600');
    return c.json(document);
  });

  app.get('/v1/docs', sendDocsPage);

  const routes = app.openAPIRegistry.definitions.flatMap((one) => (one.type === 'route' ? [one.route] : []));
  const methodsOf = createAllowedMethods([
    ...routes,
    ...['/openapi.json', '/v1/docs'].map((path) => ({ method: 'get', path })),
  ]);
  app.notFound((c) => {
    const methods = methodsOf(c.req.path);
    if (methods.length > 0) c.header('Allow', methods.join(', '));
    if (methods.length > 0 && c.req.method === 'OPTIONS') return c.body(null, 204);
    const refusal =
      methods.length > 0
        ? new ApiProblem(
            'method-not-allowed',
            `${c.req.path} takes ${methods.join(', ')}, not ${c.req.method}`,
          )
        : new ApiProblem(
            'not-found',
            `There is nothing at ${c.req.path}; GET /openapi.json lists all addresses`,
          );
    return sendProblem(c, refusal, dependencies.report);
  });
  app.onError((error, c) => sendProblem(c, error, dependencies.report));
  return routed;
}

/** Type of the API, the contract of the typed client. */
export type ApiApp = ReturnType<typeof createApi>;

/** A method and a path as in the OpenAPI document, `/v1/models/{version}`. */
interface RoutePattern {
  readonly method: string;
  readonly path: string;
}

/** @returns the methods that an address takes, in upper case, without duplicates; empty for an unknown address. */
export function createAllowedMethods(routes: readonly RoutePattern[]): (path: string) => readonly string[] {
  const patterns = routes.map(({ method, path }) => ({
    method: method.toUpperCase(),
    expression: new RegExp(`^${path.replace(/[.*+?^$()|[\]\\]/g, '\\$&').replace(/\{[^}]+\}/g, '[^/]+')}$`),
  }));
  return (path) => {
    const methods = new Set<string>();
    for (const { method, expression } of patterns) {
      if (!expression.test(path)) continue;
      methods.add(method);
      if (method === 'GET') methods.add('HEAD');
    }
    if (methods.size > 0) methods.add('OPTIONS');
    return [...methods];
  };
}
