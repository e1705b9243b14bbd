import { createHash } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { R2Configuration } from '../../../workers/trainer/publish/object-store/r2-configuration.ts';
import { checkSignature } from './signature-v4.ts';

/**
 * What a server may do to a request instead of answering it: `drop-before` it is carried out, `drop-after`, or answer
 * with a failure.
 */
export type BucketFault =
  | 'drop-before'
  | 'drop-after'
  | {
      readonly status: number;
      readonly code?: string;
      readonly isDone?: boolean;
      readonly headers?: Readonly<Record<string, string>>;
      /** Instead of S3's XML. */
      readonly page?: string;
    };

/** A bucket on loopback in the dialect of R2: it checks every signature, and fails on demand. */
export interface BucketServer extends AsyncDisposable {
  readonly configuration: R2Configuration;
  /** The objects by key. */
  readonly objects: Map<string, Buffer>;
  /** Method and key of every request, in order of arrival. */
  readonly requests: string[];
  /** Takes the next fault for a request; undefined for none. */
  fault: (request: string) => BucketFault | undefined;
}

const CONFIGURATION = { bucket: 'forecasts', accessKeyId: 'key-id', secretAccessKey: 'very secret' };

export async function startBucketServer(): Promise<BucketServer> {
  const objects = new Map<string, Buffer>();
  const requests: string[] = [];
  const answer = (
    request: IncomingMessage,
    body: Buffer,
  ): { status: number; etag?: string; body?: Buffer } => {
    const refusal = checkSignature(request, body, {
      id: CONFIGURATION.accessKeyId,
      secret: CONFIGURATION.secretAccessKey,
    });
    if (refusal) return { status: 403, body: errorBody(refusal) };
    const url = new URL(request.url ?? '', 'http://bucket');
    const [bucket = '', ...path] = url.pathname.slice(1).split('/').map(decodeURIComponent);
    if (bucket !== CONFIGURATION.bucket) return { status: 404, body: errorBody('NoSuchBucket') };
    const key = path.join('/');
    const stored = objects.get(key);
    if (request.method === 'PUT') {
      const { 'if-match': ifMatch, 'if-none-match': ifNoneMatch } = request.headers;
      const isRefused =
        (ifNoneMatch === '*' && stored) || (ifMatch !== undefined && (!stored || ifMatch !== quoted(stored)));
      if (isRefused) return { status: 412, body: errorBody('PreconditionFailed') };
      objects.set(key, body);
      return { status: 200, etag: quoted(body) };
    }
    if (request.method === 'DELETE') {
      objects.delete(key);
      return { status: 204 };
    }
    if (key === '') return { status: 200, body: Buffer.from(listing(objects, url.searchParams)) };
    return stored
      ? { status: 200, etag: quoted(stored), body: stored }
      : { status: 404, body: errorBody('NoSuchKey') };
  };

  const bucketServer = { fault: (_: string): BucketFault | undefined => undefined };
  const handle = async (request: IncomingMessage, response: ServerResponse) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const name = `${request.method} ${new URL(request.url ?? '', 'http://bucket').pathname.split('/').slice(2).join('/')}`;
    requests.push(name);
    const fault = bucketServer.fault(name);
    if (fault === 'drop-before') return request.socket.destroy();
    const isSkipped = typeof fault === 'object' && fault.isDone !== true;
    const reply = isSkipped ? null : answer(request, Buffer.concat(chunks));
    if (fault === 'drop-after') return request.socket.destroy();
    if (fault) {
      const body = fault.page ?? errorBody(fault.code ?? 'InternalError');
      return response.writeHead(fault.status, { ...fault.headers }).end(body);
    }
    response.writeHead(reply?.status ?? 500, reply?.etag === undefined ? {} : { etag: reply.etag });
    return response.end(reply?.body);
  };
  const server = createServer((request, response) => void handle(request, response));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return Object.assign(bucketServer, {
    configuration: { ...CONFIGURATION, endpoint: `http://127.0.0.1:${port}` },
    objects,
    requests,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  });
}

function listing(objects: ReadonlyMap<string, Buffer>, query: URLSearchParams): string {
  const prefix = query.get('prefix') ?? '';
  const after = query.get('continuation-token') ?? '';
  const keys = [...objects.keys()].filter((key) => key.startsWith(prefix) && key > after).sort();
  const page = keys.slice(0, Number(query.get('max-keys') ?? 1000));
  const isTruncated = page.length < keys.length;
  const contents = page.map((key) => {
    const etag = quoted(objects.get(key) ?? Buffer.alloc(0)).replaceAll('"', '&quot;');
    return (
      `<Contents><Key>${encodeURIComponent(key).replaceAll('%2F', '/')}</Key><Size>1</Size>` +
      `<LastModified>2026-11-22T10:00:00.000Z</LastModified><ETag>${etag}</ETag></Contents>`
    );
  });
  return (
    '<?xml version="1.0" encoding="UTF-8"?><ListBucketResult xmlns="http://s3.amazonaws.com/doc/2006-03-01/">' +
    `<Name>${CONFIGURATION.bucket}</Name>${contents.join('')}<EncodingType>url</EncodingType>` +
    `<IsTruncated>${isTruncated}</IsTruncated>` +
    `${isTruncated ? `<NextContinuationToken>${page.at(-1)}</NextContinuationToken>` : ''}</ListBucketResult>`
  );
}

function quoted(body: Buffer): string {
  return `"${createHash('md5').update(body).digest('hex')}"`;
}

function errorBody(code: string): Buffer {
  return Buffer.from(`<?xml version="1.0"?><Error><Code>${code}</Code><Message>no</Message></Error>`);
}
