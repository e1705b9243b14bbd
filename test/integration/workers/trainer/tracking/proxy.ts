import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { buffer } from 'node:stream/consumers';

/**
 * `lose`: the request arrives, the reply does not. `refuse`: the request does not arrive either. `delay`: it arrives
 * after the following request, and has no reply.
 */
type Fate = 'pass' | 'lose' | 'refuse' | 'delay';

/** Decides the fate of a request. @param index of the request, from 0 @param name `POST mlflow/runs/create` */
export type Plan = (index: number, name: string) => Fate;

interface ProxyOptions {
  /** Path of the server, as at DagsHub: `/user/repo.mlflow`. */
  readonly prefix?: string;
  /** The only Authorization header that is let through. */
  readonly authorization?: string;
  /** Endpoints that the server lacks, in MLflow's words. */
  readonly without?: RegExp;
}

export interface Proxy {
  readonly url: string;
  /** Requests since the last plan, `POST mlflow/runs/create`. */
  requests(): readonly string[];
  /** Lets everything pass until configured otherwise. */
  plan(plan: Plan): void;
  stop(): Promise<void>;
}

/** A server on loopback that forwards requests to another one, or drops them as planned. */
export async function startProxy(target: string, options: ProxyOptions = {}): Promise<Proxy> {
  const { prefix = '', authorization, without } = options;
  let requests: string[] = [];
  let plan: Plan = () => 'pass';

  let delayed: (() => Promise<unknown>) | null = null;

  const answer = async (request: IncomingMessage, response: ServerResponse) => {
    const { method = '', url = '' } = request;
    const name = `${method} ${url.split('?')[0]?.replace(/^.*\/api\/2.0\//, '')}`;
    const planned = plan(requests.push(name) - 1, name);
    const body = await buffer(request);
    if (planned === 'refuse') return response.destroy();
    if (!url.startsWith(`${prefix}/api/`)) return response.writeHead(404).end('<html>no such page</html>');
    if (without?.test(name)) {
      return response.writeHead(404).end('{"error_code":"ENDPOINT_NOT_FOUND","message":"no such endpoint"}');
    }
    if (authorization !== undefined && request.headers.authorization !== authorization) {
      return response.writeHead(401).end(`You are not ${request.headers.authorization}`);
    }
    const pass = async () => {
      const reply = await fetch(`${target}${url.slice(prefix.length)}`, {
        method,
        headers: { 'content-type': request.headers['content-type'] ?? '' },
        ...(body.byteLength > 0 && { body: body as Buffer<ArrayBuffer> }),
      });
      return { status: reply.status, text: await reply.text() };
    };
    if (planned === 'delay') {
      delayed = pass;
      return response.destroy();
    }
    const { status, text } = await pass();
    await delayed?.();
    delayed = null;
    if (planned === 'lose') return response.destroy();
    return response.writeHead(status, { 'content-type': 'application/json' }).end(text);
  };

  const server = createServer((request, response) => {
    answer(request, response).catch(() => response.destroy());
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  return {
    url: `http://127.0.0.1:${address.port}${prefix}`,
    requests: () => requests,
    plan(next) {
      plan = next;
      requests = [];
    },
    async stop() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}
