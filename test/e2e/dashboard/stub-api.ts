import { createReadStream, existsSync } from 'node:fs';
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { extname, join, normalize } from 'node:path';
import {
  PROBLEMS,
  type Problem,
  type ProblemCode,
  problemSchema,
} from '../../../shared/schemas/api/problem.ts';
import { catalogBody, championBody, dailyBody, forecastBody, liveBody, pipelineBody } from './stub-bodies.ts';

/** Returns a body, returns a problem, or does not respond. */
export type StubAnswer = { readonly body: unknown } | { readonly problem: Problem } | 'silence';
type StubRoute = (query: URLSearchParams) => StubAnswer;

type StubRoutes = Record<string, StubRoute>;

export interface StubSite {
  readonly address: string;
  /** Handlers by path; may be changed while the page is open. */
  readonly routes: StubRoutes;
  /** Paths and queries requested so far. */
  readonly asked: string[];
  close(): Promise<void>;
}

export function problem(code: ProblemCode, detail: string): StubAnswer {
  const { status, title } = PROBLEMS[code];
  const instance = '/v1';
  return {
    problem: problemSchema.parse({
      type: `/v1/problems#${code}`,
      code,
      title,
      status,
      detail,
      instance,
      request_id: 'stub-1',
    }),
  };
}

const seriesOf = (query: URLSearchParams) =>
  [query.get('store_nbr') ?? '', query.get('family') ?? ''] as const;

/** Responses of a healthy system. */
function healthyRoutes(): StubRoutes {
  return {
    '/v1/catalog': () => ({ body: catalogBody() }),
    '/v1/sales/live': () => ({ body: liveBody() }),
    '/v1/sales/daily': (query) => ({ body: dailyBody(...seriesOf(query), Number(query.get('days'))) }),
    '/v1/forecasts': (query) => ({ body: forecastBody(...seriesOf(query)) }),
    '/v1/models/champion': () => ({ body: championBody() }),
    '/v1/pipeline': () => ({ body: pipelineBody() }),
  };
}

const TYPES: Record<string, string> = {
  '.html': 'text/html',
  '.js': 'text/javascript',
  '.css': 'text/css',
  '.svg': 'image/svg+xml',
};

/** Serves the built page and, under /v1, the responses of `routes`, on a free port of the loopback interface. */
export async function serveStub(directory: string): Promise<StubSite> {
  const routes = healthyRoutes();
  const asked: string[] = [];
  const server = createServer((request, response) => {
    const url = new URL(request.url ?? '/', 'http://stub');
    if (!url.pathname.startsWith('/v1')) return sendFile(directory, url.pathname, response);
    asked.push(url.pathname + url.search);
    const route = routes[url.pathname];
    const answer = route ? route(url.searchParams) : problem('not-found', url.pathname);
    if (answer === 'silence') return;
    const refused = 'problem' in answer;
    response.writeHead(refused ? answer.problem.status : 200, {
      'content-type': refused ? 'application/problem+json' : 'application/json',
      'cache-control': 'no-store',
    });
    response.end(JSON.stringify(refused ? answer.problem : answer.body));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    address: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`,
    routes,
    asked,
    close: () =>
      new Promise((resolve) => {
        server.closeAllConnections();
        server.close(() => resolve());
      }),
  };
}

function sendFile(directory: string, path: string, response: ServerResponse): void {
  const file = join(directory, normalize(path === '/' ? '/index.html' : path));
  if (!existsSync(file)) {
    response.writeHead(404).end();
    return;
  }
  response.writeHead(200, { 'content-type': TYPES[extname(file)] ?? 'application/octet-stream' });
  createReadStream(file).pipe(response);
}
