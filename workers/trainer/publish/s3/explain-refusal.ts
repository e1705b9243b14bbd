import { isPassing } from './passing-status.ts';
import type { R2Configuration } from './r2-configuration.ts';
import { S3Error } from './s3-error.ts';

/** An answer that is no success and says nothing that was asked for. */
export interface Refusal {
  readonly method: string;
  /** Empty for the bucket itself. */
  readonly key: string;
  readonly status: number;
  /** The code of S3's error, e.g. `AccessDenied`; empty where there is none. */
  readonly code: string;
}

/** What an answer means, and what to check. */
export function explainRefusal(
  { bucket, endpoint }: R2Configuration,
  { method, key, status, code }: Refusal,
): S3Error {
  const what = `${method} r2://${bucket}/${key} at ${endpoint} was answered with ${status} ${code}`;
  const check = (advice: string) => `${what.trimEnd()}: ${advice}`;
  if (code === 'NoSuchBucket') {
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
  if (code === '' && !isPassing(status)) {
    const advice = 'no error of S3; check R2_ACCOUNT_ID or R2_ENDPOINT, and what lies between here and there';
    return new S3Error('refused', check(advice));
  }
  return new S3Error(
    'refused',
    check('try again later; if it stays so, look at the status page of the store'),
  );
}

/** Why no answer came at all. */
export function explainSilence({ endpoint }: R2Configuration, cause: unknown): S3Error {
  const reason =
    cause instanceof Error ? (cause.cause instanceof Error ? cause.cause.message : cause.message) : cause;
  return new S3Error(
    'network',
    `${endpoint} does not answer (${reason}): check R2_ACCOUNT_ID or R2_ENDPOINT, and the connection`,
    { cause },
  );
}
