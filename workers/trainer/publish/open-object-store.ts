import type { ObjectStore } from '../../../shared/models/object-store.ts';
import { createDirectorySink } from './directory-object-store.ts';
import { readR2Configuration } from './s3/r2-configuration.ts';
import { createS3ObjectStore } from './s3/s3-object-store.ts';

/** Whether a place to publish to is a bucket; it is a directory otherwise. */
export function isBucket(location: string): boolean {
  return location.startsWith('r2://');
}

/**
 * Opens what `--out` and `--in` name: a directory, or a bucket of R2 as `r2://BUCKET`.
 *
 * @throws {S3Error} `configuration` for a bucket whose variables are missing
 */
export function openObjectStore(
  location: string,
  environment: Readonly<Record<string, string | undefined>>,
): ObjectStore {
  if (!isBucket(location)) return createDirectorySink(location);
  return createS3ObjectStore(readR2Configuration(location, environment));
}
