import { createHash, timingSafeEqual } from 'node:crypto';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { setTimeout as wait } from 'node:timers/promises';
import type { RedisConnections } from './redis-connections.ts';
import {
  type Command,
  encodeReply,
  parseRequest,
  type Reply,
  RestError,
  type RestRequest,
  refuseCommand,
  toServerCommand,
} from './rest-protocol.ts';

/** A fault of a request. */
export type Fault =
  /** The connection breaks before anything is executed. */
  | { readonly kind: 'drop-before' }
  /** Everything is executed, and the connection breaks before the response. */
  | { readonly kind: 'drop-after' }
  | { readonly kind: 'delay'; readonly ms: number }
  /** A response of a gateway in between: not executed, or executed nevertheless. */
  | { readonly kind: 'status'; readonly status: number; readonly carriedOut: boolean };

export interface FaultyRequest {
  /** Counts from 0 since the faults were set. */
  readonly number: number;
  readonly route: RestRequest['route'];
  readonly commands: readonly Command[];
}

/** Chooses the fault of each request, null for none. */
export type ChooseFault = (request: FaultyRequest) => Fault | null;

/** A request has at most this many bytes on Upstash's free plan. */
export const MAX_REQUEST_BYTES = 10 * 1024 * 1024;

const KEEP_ALIVE_MS = 65_000;

export interface RestServerOptions {
  readonly token: string;
  readonly readOnlyToken: string;
  readonly readCommands: ReadonlySet<string>;
  /** The current connections; null while the server is down. */
  connections(): RedisConnections | null;
  chooseFault(): ChooseFault | null;
  /** Counts every answered request. */
  readonly traffic: Traffic;
}

/** Requests, and the bytes of their bodies and responses. */
export interface Traffic {
  requests: number;
  receivedBytes: number;
  sentBytes: number;
}

/** Redis over HTTP, as in Upstash. */
export function createRestServer(options: RestServerOptions): Server {
  let numberOfRequests = 0;
  let chooser: ChooseFault | null = null;

  const answer = async (request: IncomingMessage, response: ServerResponse) => {
    const target = new URL(request.url ?? '/', 'http://bridge');
    const readCommands = authorize(request, target, options);
    const method = request.method ?? '';
    if (!['GET', 'HEAD', 'POST', 'PUT'].includes(method)) throw new RestError(405, 'Method Not Allowed');
    const requestBody = await readBody(request);
    const rest = parseRequest(method, target, requestBody);
    const choose = options.chooseFault();
    if (choose !== chooser) {
      chooser = choose;
      numberOfRequests = 0;
    }
    const fault = choose?.({ number: numberOfRequests++, ...rest }) ?? null;
    if (fault?.kind === 'delay') await wait(fault.ms);
    if (fault?.kind === 'drop-before') return void response.destroy();
    if (isRefusal(fault)) return void send(response, fault.status, { error: 'upstream error' });

    const base64 = request.headers['upstash-encoding'] === 'base64';
    const connections = options.connections();
    if (!connections) return void response.destroy();
    const reply = await carryOut(rest, readCommands, connections, base64);
    if (fault?.kind === 'drop-after') return void response.destroy();
    if (fault?.kind === 'status') return void send(response, fault.status, { error: 'upstream error' });
    options.traffic.requests++;
    options.traffic.receivedBytes += requestBody.length;
    options.traffic.sentBytes += send(response, reply.status, reply.body);
  };

  const server = createServer((request, response) => {
    answer(request, response).catch((error: unknown) => {
      if (error instanceof RestError && !response.destroyed)
        send(response, error.status, { error: error.message });
      else response.destroy();
    });
  });
  // Node's default of five seconds closes connections that a busy client is about to reuse.
  server.keepAliveTimeout = KEEP_ALIVE_MS;
  return server;
}

function isRefusal(fault: Fault | null): fault is Fault & { kind: 'status' } {
  return fault?.kind === 'status' && !fault.carriedOut;
}

async function carryOut(
  rest: RestRequest,
  readCommands: ReadonlySet<string> | null,
  connections: RedisConnections,
  base64: boolean,
): Promise<{ status: number; body: unknown }> {
  const refusals = rest.commands.map((command) => refuseCommand(command, readCommands));
  const allowed = rest.commands.filter((_, i) => refusals[i] === null).map(toServerCommand);
  if (rest.route === 'multi-exec') {
    const refusal = refusals.find((error) => error !== null);
    const replies = refusal ?? (await connections.transaction(allowed));
    if (replies instanceof Error) return { status: 400, body: { error: replies.message } };
    return { status: 200, body: replies.map((reply) => encodeReply(reply, base64)) };
  }
  const done = (await connections.run(allowed))[Symbol.iterator]();
  const replies = refusals.map((refusal): Reply => refusal ?? done.next().value ?? null);
  const bodies = replies.map((reply) => encodeReply(reply, base64));
  if (rest.route === 'pipeline') return { status: 200, body: bodies };
  const [body] = bodies;
  return { status: body && 'error' in body ? 400 : 200, body };
}

/** @returns null for the token that may write, else the commands that may be used. @throws {RestError} 401 */
function authorize(
  request: IncomingMessage,
  target: URL,
  options: RestServerOptions,
): ReadonlySet<string> | null {
  const header = request.headers.authorization;
  const given = header?.startsWith('Bearer ') ? header.slice(7) : target.searchParams.get('_token');
  if (given && sameText(given, options.token)) return null;
  if (given && sameText(given, options.readOnlyToken)) return options.readCommands;
  throw new RestError(401, given ? 'WRONGPASS invalid or missing auth token' : 'Unauthorized');
}

/** Takes the same time wherever the first difference is. */
function sameText(left: string, right: string): boolean {
  const digest = (text: string) => createHash('sha256').update(text).digest();
  return timingSafeEqual(digest(left), digest(right));
}

async function readBody(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    size += chunk.length;
    // The rest is read and discarded: a client that is still writing would not see the response.
    if (size <= MAX_REQUEST_BYTES) chunks.push(chunk);
  }
  if (size > MAX_REQUEST_BYTES) {
    throw new RestError(
      400,
      `ERR max request size exceeded. Limit: ${MAX_REQUEST_BYTES} bytes, Actual: ${size} bytes`,
    );
  }
  return Buffer.concat(chunks);
}

/** @returns how many bytes the body has. */
function send(response: ServerResponse, status: number, body: unknown): number {
  const bytes = Buffer.from(JSON.stringify(body));
  response.writeHead(status, { 'content-type': 'application/json' }).end(bytes);
  return bytes.length;
}
