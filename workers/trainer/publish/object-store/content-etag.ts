import { createHash } from 'node:crypto';

/** The etag of an object in R2, in S3 and in a directory: the MD5 of its bytes in hex. */
export function contentEtag(body: Uint8Array | string): string {
  return createHash('md5').update(body).digest('hex');
}
