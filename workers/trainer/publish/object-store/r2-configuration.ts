import { z } from 'zod';
import { S3Error } from './s3-error.ts';

/** The address of a bucket, and the keys to sign requests. */
export interface R2Configuration {
  readonly bucket: string;
  /** Origin of the S3 interface, without a path. */
  readonly endpoint: string;
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
}

const TOKEN_PAGE = 'an API token for R2 has them (Cloudflare dashboard, R2, Manage API tokens)';
const BUCKET = /^[a-z0-9][a-z0-9-]{1,61}[a-z0-9]$/;

const environmentSchema = z.object({
  R2_ACCOUNT_ID: z
    .string()
    .regex(/^[0-9a-f]{32}$/i, 'must be 32 hexadecimal digits')
    .optional(),
  R2_ENDPOINT: z
    .url({ protocol: /^https?$/, error: 'must be an http or https address' })
    .refine((text) => URL.canParse(text) && new URL(text).pathname === '/', {
      error: 'must be an address without a path: the bucket is named in r2://BUCKET',
    })
    .optional(),
  R2_ACCESS_KEY_ID: z.string(),
  R2_SECRET_ACCESS_KEY: z.string(),
});

/**
 * Reads `r2://BUCKET` and the variables R2_ACCOUNT_ID or R2_ENDPOINT, R2_ACCESS_KEY_ID and R2_SECRET_ACCESS_KEY.
 * R2_ENDPOINT wins: it is for buckets of a jurisdiction and for other S3 servers.
 *
 * @throws {S3Error} `configuration`, naming everything that is missing or wrong at once
 */
export function readR2Configuration(
  location: string,
  environment: Readonly<Record<string, string | undefined>>,
): R2Configuration {
  const bucket = location.slice('r2://'.length).replace(/\/$/, '');
  const problems: string[] = [];
  if (!BUCKET.test(bucket)) {
    problems.push(`"${location}" must be r2://BUCKET, the bucket in 3 to 63 of a-z, 0-9 and "-"`);
  }
  // An unset secret of a workflow arrives as an empty string.
  const given = Object.fromEntries(
    Object.keys(environmentSchema.shape).map((name) => [name, environment[name] || undefined]),
  );
  const parsed = environmentSchema.safeParse(given);
  if (given.R2_ACCOUNT_ID === undefined && given.R2_ENDPOINT === undefined) {
    problems.push('R2_ACCOUNT_ID is not set (or R2_ENDPOINT, for a bucket of a jurisdiction)');
  }
  for (const { path, message } of parsed.error?.issues ?? []) {
    const name = String(path[0]);
    problems.push(given[name] === undefined ? `${name} is not set` : `${name} ${message}`);
  }
  if (problems.length > 0 || !parsed.success) {
    throw new S3Error('configuration', `R2 cannot be used: ${problems.join('; ')}; ${TOKEN_PAGE}`);
  }
  const { R2_ACCOUNT_ID, R2_ENDPOINT, R2_ACCESS_KEY_ID, R2_SECRET_ACCESS_KEY } = parsed.data;
  return {
    bucket,
    endpoint: new URL(R2_ENDPOINT ?? `https://${R2_ACCOUNT_ID}.r2.cloudflarestorage.com`).origin,
    accessKeyId: R2_ACCESS_KEY_ID,
    secretAccessKey: R2_SECRET_ACCESS_KEY,
  };
}
