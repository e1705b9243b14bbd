import { createHash } from 'node:crypto';
import { AwsClient } from 'aws4fetch';
import type { R2Configuration } from './r2-configuration.ts';
import { S3Error } from './s3-error.ts';
import { textOf } from './xml-text.ts';

export interface S3Request {
  readonly method: 'GET' | 'PUT' | 'DELETE';
  /** Empty for the bucket itself. */
  readonly key: string;
  readonly query?: Readonly<Record<string, string>>;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: Uint8Array;
}

/** A reply that has been read to its end. */
export interface S3Reply {
  readonly status: number;
  /** Without its quotes; empty where there is none. */
  readonly etag: string;
  readonly body: Uint8Array;
  /** The code of an error, e.g. `NoSuchKey`; null for a success. */
  readonly errorCode: string | null;
  /** An attempt before this one was sent and not answered, or answered with a failure: it may have been carried out. */
  readonly wasRepeated: boolean;
}

export interface S3Patience {
  readonly attempts: number;
  /** Longest wait before the second attempt; it doubles with each. */
  readonly firstWaitMs: number;
  /** Limit of one attempt, the body included. */
  readonly timeLimitMs: number;
}

const PATIENCE: S3Patience = { attempts: 5, firstWaitMs: 200, timeLimitMs: 60_000 };
const REGION = 'auto';

/**
 * Signed requests (AWS signature version 4, the body included) to one bucket. All of them may be repeated, and are:
 * after a lost connection, 408, 429 and 5xx, with growing random waits.
 *
 * @throws {S3Error} for every reply but a success, 404 of a key, and 412
 */
export function createS3Requests(
  configuration: R2Configuration,
  patience: S3Patience = PATIENCE,
): (request: S3Request) => Promise<S3Reply> {
  const { endpoint, bucket, accessKeyId, secretAccessKey } = configuration;
  const client = new AwsClient({ accessKeyId, secretAccessKey, service: 's3', region: REGION, retries: 0 });

  const send = async ({ method, key, query, headers, body }: S3Request) => {
    const url = new URL(`${endpoint}/${[bucket, ...key.split('/')].map(encodeURIComponent).join('/')}`);
    for (const [name, value] of Object.entries(query ?? {})) url.searchParams.set(name, value);
    const hash = createHash('sha256').update(body ?? '');
    const response = await client.fetch(url.href, {
      method,
      headers: { ...headers, 'x-amz-content-sha256': hash.digest('hex') },
      // A redirect would be followed with a signature that is meant for another address.
      redirect: 'manual',
      signal: AbortSignal.timeout(patience.timeLimitMs),
      ...(body && { body: body as Uint8Array<ArrayBuffer> }),
    });
    return { response, bytes: new Uint8Array(await response.arrayBuffer()) };
  };

  return async (request) => {
    for (let attempt = 1; ; attempt++) {
      const isLast = attempt >= patience.attempts;
      try {
        const { response, bytes } = await send(request);
        if (isLast || !isPassing(response.status)) {
          return toReply(configuration, request, response, bytes, attempt > 1);
        }
      } catch (error) {
        if (error instanceof S3Error) throw error;
        if (isLast) throw networkError(endpoint, error);
      }
      await wait(Math.random() * patience.firstWaitMs * 2 ** (attempt - 1));
    }
  };
}

function toReply(
  configuration: R2Configuration,
  request: S3Request,
  response: Response,
  body: Uint8Array,
  wasRepeated: boolean,
): S3Reply {
  const { status } = response;
  const errorCode = response.ok ? null : (textOf(new TextDecoder().decode(body), 'Code') ?? '');
  const isMissingKey = status === 404 && errorCode !== 'NoSuchBucket' && request.key !== '';
  if (!response.ok && status !== 412 && !isMissingKey) {
    throw toError(configuration, request, status, errorCode ?? '');
  }
  const etag = (response.headers.get('etag') ?? '').replace(/^W\//, '').replace(/^"|"$/g, '');
  return { status, etag, body, errorCode, wasRepeated };
}

function toError({ bucket, endpoint }: R2Configuration, request: S3Request, status: number, code: string) {
  const what = `${request.method} r2://${bucket}/${request.key} at ${endpoint} was answered with ${status} ${code}`;
  const check = (advice: string) => `${what.trimEnd()}: ${advice}`;
  if (code === 'NoSuchBucket' || (status === 404 && request.key === '')) {
    const advice = `there is no bucket "${bucket}" in this account; make it (npx wrangler r2 bucket create ${bucket}) or correct its name`;
    return new S3Error('no-such-bucket', check(advice));
  }
  if (code === 'RequestTimeTooSkewed')
    return new S3Error('unauthorized', check('set the clock of this machine'));
  if (status === 401 || code === 'InvalidAccessKeyId' || code === 'SignatureDoesNotMatch') {
    const advice = 'check R2_ACCESS_KEY_ID, R2_SECRET_ACCESS_KEY and that they belong to this account';
    return new S3Error('unauthorized', check(advice));
  }
  if (status === 403) {
    const advice = `the token of R2_ACCESS_KEY_ID needs "Object Read & Write" on the bucket "${bucket}"`;
    return new S3Error('forbidden', check(advice));
  }
  return new S3Error(
    'refused',
    check('try again later; if it stays so, look at the status page of the store'),
  );
}

function networkError(endpoint: string, cause: unknown): S3Error {
  const reason =
    cause instanceof Error ? (cause.cause instanceof Error ? cause.cause.message : cause.message) : cause;
  return new S3Error(
    'network',
    `${endpoint} does not answer (${reason}): check R2_ACCOUNT_ID or R2_ENDPOINT, and the connection`,
    { cause },
  );
}

/** Whether the same request may succeed a moment later. */
function isPassing(status: number): boolean {
  return status >= 500 || status === 408 || status === 429 || status === 409;
}

function wait(milliseconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, milliseconds));
}
