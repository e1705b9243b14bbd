import { createHash } from 'node:crypto';
import { AwsClient } from 'aws4fetch';
import { readRetryAfter } from '../../data/retry-after.ts';
import type { R2Configuration } from './r2-configuration.ts';
import { S3Error } from './s3-error.ts';
import { textOf } from './s3-xml.ts';

export interface S3Request {
  readonly method: 'GET' | 'PUT' | 'DELETE';
  /** Empty for the bucket itself. */
  readonly key: string;
  readonly query?: Readonly<Record<string, string>>;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: Uint8Array;
}

/** A response with its whole body. */
export interface S3Reply {
  /** Without quotes; empty if absent. */
  readonly etag: string;
  readonly body: Uint8Array;
  /** The code of an error, e.g. `NoSuchKey`; null for a success. */
  readonly errorCode: string | null;
  /** An earlier attempt had no response or a failure: it may have been carried out. */
  readonly wasRepeated: boolean;
}

const REGION = 'auto';

/**
 * Signed requests (AWS signature version 4, body included) to one bucket. All are repeatable, and are retried after a
 * lost connection, 408, 409, 429 and 5xx, with growing random waits.
 *
 * @throws {S3Error} for every response except a success, a missing key, and a failed precondition of a write
 */
export function createS3Requests(
  configuration: R2Configuration,
  retryPolicy: S3RetryPolicy,
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
      // Following a redirect would send a signature made for another address.
      redirect: 'manual',
      signal: AbortSignal.timeout(retryPolicy.timeLimitMs),
      ...(body && { body: body as Uint8Array<ArrayBuffer> }),
    });
    return { response, bytes: new Uint8Array(await response.arrayBuffer()) };
  };

  return async (request) => {
    for (let attempt = 1; ; attempt++) {
      const isLast = attempt >= retryPolicy.attempts;
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
      await waitAfter(retryPolicy, attempt, retryAfter);
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
 * Whether an error answers the request. Without S3's code it does not: a proxy or a wrong address returns 404 for
 * everything, and the store would appear empty. (There are no HEAD requests here, whose errors have no body.)
 */
function isAnswer({ method, key, headers }: S3Request, status: number, code: string): boolean {
  const isConditional = headers?.['If-Match'] !== undefined || headers?.['If-None-Match'] !== undefined;
  // With If-Match and no object, S3 returns NoSuchKey and R2 PreconditionFailed.
  if (status === 404 && code === 'NoSuchKey') return key !== '' && (method !== 'PUT' || isConditional);
  return status === 412 && code === 'PreconditionFailed' && isConditional;
}

/** How long one request is retried, and what determines the waits. */
export interface S3RetryPolicy {
  /** Attempts of one request, including the first. */
  readonly attempts: number;
  /** Longest wait before the second attempt; it doubles with each. */
  readonly firstWaitMs: number;
  readonly longestWaitMs: number;
  /** The longest wait that a store may request. */
  readonly longestAskedWaitMs: number;
  /** Timeout of one attempt, body included. */
  readonly timeLimitMs: number;
  readonly now: () => number;
  /** 0..1 */
  readonly random: () => number;
  readonly sleep: (ms: number) => Promise<void>;
}

/**
 * Waits of 28 to 56 seconds in all: a store that asks to slow down needs seconds, and giving up loses minutes of
 * training.
 */
export const S3_RETRY_POLICY: S3RetryPolicy = {
  attempts: 10,
  firstWaitMs: 500,
  longestWaitMs: 10_000,
  longestAskedWaitMs: 60_000,
  timeLimitMs: 60_000,
  now: Date.now,
  random: Math.random,
  sleep: (ms) => new Promise((resolve) => setTimeout(resolve, ms)),
};

/**
 * Waits after a failed attempt: twice as long each time, between half and all of it so that writers that failed
 * together do not retry together, and at least as long as the store requests.
 *
 * @param failed attempts so far
 * @param retryAfter the response header; null without one
 */
export function waitAfter(
  retryPolicy: S3RetryPolicy,
  failed: number,
  retryAfter: string | null,
): Promise<void> {
  const { firstWaitMs, longestWaitMs, longestAskedWaitMs, now, random, sleep } = retryPolicy;
  const usual = Math.min(longestWaitMs, firstWaitMs * 2 ** (failed - 1)) * (0.5 + random() / 2);
  const asked = Math.min(longestAskedWaitMs, readRetryAfter(retryAfter, now()) ?? 0);
  return sleep(Math.max(usual, asked));
}

/** Whether the same request may succeed a moment later. */
export function isPassing(status: number): boolean {
  return status >= 500 || status === 408 || status === 429 || status === 409;
}

/** A response that is neither a success nor an expected error. */
export interface Refusal {
  readonly method: string;
  /** Empty for the bucket itself. */
  readonly key: string;
  readonly status: number;
  /** S3's error code, e.g. `AccessDenied`; empty without one. */
  readonly code: string;
}

/** What a response means, and what to check. */
export function explainRefusal(
  { bucket, endpoint }: R2Configuration,
  { method, key, status, code }: Refusal,
): S3Error {
  const what = `${method} r2://${bucket}/${key} at ${endpoint} was answered with ${status} ${code}`;
  const check = (advice: string) => `${what.trimEnd()}: ${advice}`;
  if (code === 'NoSuchBucket') {
    const advice = `there is no bucket "${bucket}" in this account; create it (npx wrangler r2 bucket create ${bucket}) or correct its name`;
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
  if (code === '' && !isPassing(status)) {
    const advice = 'not an S3 error; check R2_ACCOUNT_ID or R2_ENDPOINT, and any proxy in between';
    return new S3Error('refused', check(advice));
  }
  return new S3Error('refused', check('try again later; if it persists, check the status page of the store'));
}

/** Why there was no response. */
export function explainSilence({ endpoint }: R2Configuration, cause: unknown): S3Error {
  const reason =
    cause instanceof Error ? (cause.cause instanceof Error ? cause.cause.message : cause.message) : cause;
  return new S3Error(
    'network',
    `${endpoint} does not respond (${reason}): check R2_ACCOUNT_ID or R2_ENDPOINT, and the connection`,
    { cause },
  );
}
