import { createHash } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { crc32c } from '../../../workers/trainer/data/kaggle/content-hash.ts';

/** One request as a server saw it. */
export interface Seen {
  readonly at: 'api' | 'storage';
  readonly authorization: string | undefined;
  readonly range: string | undefined;
  readonly ifRange: string | undefined;
  readonly ifNoneMatch: string | undefined;
}

/** Answers a request in a way of its own; false leaves it to the server. */
export type Misbehaviour = (response: ServerResponse, request: IncomingMessage) => boolean;

/**
 * Kaggle's API and the storage that it redirects to, on two ports of this machine: two origins, as in real life. The
 * storage knows ranges, conditions and hashes as Google Cloud Storage does.
 */
export class KaggleServer {
  readonly seen: Seen[] = [];
  archive: Buffer;
  /** What the next requests meet; one is taken by each, the last ones stay as they should be. */
  readonly api: Misbehaviour[] = [];
  readonly storage: Misbehaviour[] = [];
  /** Whether the client has so many bytes of the archive on disk: connections break only then. */
  hasKept: (bytes: number) => boolean = () => true;
  /** Answers with the archive or a part of it. */
  archivesSent = 0;
  hasHashes = true;
  hasEtag = true;
  #api = createServer((request, response) => this.#answerApi(request, response));
  #storage = createServer((request, response) => this.#answerStorage(request, response));

  constructor(archive: Buffer) {
    this.archive = archive;
  }

  async start(): Promise<void> {
    for (const server of [this.#api, this.#storage]) {
      await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    }
  }

  async stop(): Promise<void> {
    for (const server of [this.#api, this.#storage]) {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    }
  }

  get baseUrl(): string {
    return `http://127.0.0.1:${(this.#api.address() as AddressInfo).port}/api/v1`;
  }

  get storageUrl(): string {
    return `http://127.0.0.1:${(this.#storage.address() as AddressInfo).port}/bundle/archive.zip?Signature=s`;
  }

  get etag(): string {
    return `"${createHash('md5').update(this.archive).digest('hex')}"`;
  }

  #answerApi(request: IncomingMessage, response: ServerResponse): void {
    this.#note('api', request);
    if (this.api.shift()?.(response, request)) return;
    response.writeHead(302, { location: this.storageUrl }).end();
  }

  #answerStorage(request: IncomingMessage, response: ServerResponse): void {
    this.#note('storage', request);
    if (this.storage.shift()?.(response, request)) return;
    this.send(request, response);
  }

  /** As it should be, up to `until` of the bytes that are asked for. */
  send(request: IncomingMessage, response: ServerResponse, until = Number.POSITIVE_INFINITY): void {
    const { archive, etag } = this;
    const headers: Record<string, string> = this.hasEtag ? { etag } : {};
    if (this.hasHashes) headers['x-goog-hash'] = this.hashes;
    if (request.headers['if-none-match'] === etag && this.hasEtag) {
      response.writeHead(304, headers).end();
      return;
    }
    const from = Number(/^bytes=(\d+)-$/.exec(request.headers.range ?? '')?.[1] ?? Number.NaN);
    const isPart = Number.isFinite(from) && request.headers['if-range'] === etag;
    const start = isPart ? from : 0;
    if (isPart) headers['content-range'] = `bytes ${start}-${archive.length - 1}/${archive.length}`;
    const body = archive.subarray(start);
    this.archivesSent++;
    response.writeHead(isPart ? 206 : 200, { ...headers, 'content-length': String(body.length) });
    if (until >= body.length) response.end(body);
    else response.write(body.subarray(0, until), () => this.#breakOff(response, start + until));
  }

  /** A client forgets what it has received and not yet kept when its connection breaks. */
  #breakOff(response: ServerResponse, bytes: number): void {
    if (this.hasKept(bytes)) response.destroy();
    else setTimeout(() => this.#breakOff(response, bytes), 10);
  }

  get hashes(): string {
    const crc = Buffer.alloc(4);
    crc.writeUInt32BE(crc32c(this.archive));
    return `crc32c=${crc.toString('base64')},md5=${createHash('md5').update(this.archive).digest('base64')}`;
  }

  #note(at: Seen['at'], { headers }: IncomingMessage): void {
    this.seen.push({
      at,
      authorization: headers.authorization,
      range: headers.range,
      ifRange: headers['if-range']?.toString(),
      ifNoneMatch: headers['if-none-match'],
    });
  }
}

/** Kaggle's way of saying no. */
export function refuse(status: number, message: string, headers: Record<string, string> = {}): Misbehaviour {
  return (response) => {
    response
      .writeHead(status, { 'content-type': 'application/json', ...headers })
      .end(JSON.stringify({ code: status, message }));
    return true;
  };
}
