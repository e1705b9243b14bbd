import { createHash } from 'node:crypto';
import { AwsClient } from 'aws4fetch';
import { explainRefusal, explainSilence } from './explain-refusal.ts';
import { isPassing } from './passing-status.ts';
import type { R2Configuration } from './r2-configuration.ts';
import { S3Error } from './s3-error.ts';
import { type S3Patience, waitAfter } from './s3-patience.ts';
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
  /** Without its quotes; empty where there is none. */
  readonly etag: string;
  readonly body: Uint8Array;
  /** The code of an error, e.g. `NoSuchKey`; null for a success. */
  readonly errorCode: string | null;
  /** An attempt before this one was sent and not answered, or answered with a failure: it may have been carried out. */
  readonly wasRepeated: boolean;
}

const REGION = 'auto';

/**
 * Signed requests (AWS signature version 4, the body included) to one bucket. All of them may be repeated, and are:
 * after a lost connection, 408, 409, 429 and 5xx, with growing random waits.
 *
 * @throws {S3Error} for every reply but a success, and those that S3 has for what was asked: that there is no such key, and
 *   that the precondition of a write does not hold
 */
export function createS3Requests(
  configuration: R2Configuration,
  patience: S3Patience,
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
      let retryAfter: string | null = null;
      try {
        const { response, bytes } = await send(request);
        if (isLast || !isPassing(response.status)) {
          return toReply(configuration, request, response, bytes, attempt > 1);
        }
        retryAfter = response.headers.get('retry-after');
      } catch (error) {
        if (error instanceof S3Error) throw error;
        if (isLast) throw explainSilence(configuration, error);
      }
      await waitAfter(patience, attempt, retryAfter);
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
  if (errorCode !== null && !isAnswer(request, status, errorCode)) {
    throw explainRefusal(configuration, { ...request, status, code: errorCode });
  }
  const etag = (response.headers.get('etag') ?? '').replace(/^W\//, '').replace(/^"|"$/g, '');
  return { etag, body, errorCode, wasRepeated };
}

/**
 * Whether an error is what the request wanted to know. Without S3's code it is not: a proxy or a wrong address has a 404 for
 * everything, and nothing would seem to be stored. (There are no HEAD requests here, whose errors have no body.)
 */
function isAnswer({ method, key, headers }: S3Request, status: number, code: string): boolean {
  const isConditional = headers?.['If-Match'] !== undefined || headers?.['If-None-Match'] !== undefined;
  // S3 answers NoSuchKey and R2 PreconditionFailed to If-Match where nothing is.
  if (status === 404 && code === 'NoSuchKey') return key !== '' && (method !== 'PUT' || isConditional);
  return status === 412 && code === 'PreconditionFailed' && isConditional;
}
