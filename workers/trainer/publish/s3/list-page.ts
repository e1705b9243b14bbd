import type { ListedObject } from '../../../../shared/models/object-store.ts';
import { S3Error } from './s3-error.ts';
import { elementsOf, textOf } from './xml-text.ts';

/** One page of ListObjectsV2. */
export interface ListPage {
  readonly objects: readonly ListedObject[];
  /** What asks for the next page; null on the last. */
  readonly next: string | null;
}

/**
 * Reads a reply to ListObjectsV2.
 *
 * @throws {S3Error} `refused` for anything else than a listing: a key that is overlooked would be written or kept for nothing
 */
export function readListPage(xml: string): ListPage {
  const fail = (problem: string): never => {
    throw new S3Error('refused', `the listing of the bucket cannot be read: ${problem}`);
  };
  if (!/<ListBucketResult[\s>]/.test(xml)) return fail(`no ListBucketResult in "${xml.slice(0, 80)}"`);
  const decode = textOf(xml, 'EncodingType') === 'url' ? decodeKey : (key: string) => key;
  const objects = elementsOf(xml, 'Contents').map((contents) => {
    const key = textOf(contents, 'Key') ?? fail('an object without Key');
    const etag = textOf(contents, 'ETag') ?? fail(`${key} without ETag`);
    const modifiedAt = new Date(textOf(contents, 'LastModified') ?? '');
    if (Number.isNaN(modifiedAt.getTime())) fail(`${key} without LastModified`);
    return { key: decode(key), etag: etag.replace(/^"|"$/g, ''), modifiedAt };
  });
  const next = textOf(xml, 'IsTruncated') === 'true' ? textOf(xml, 'NextContinuationToken') : null;
  if (next === null && textOf(xml, 'IsTruncated') !== 'false') fail('it has no end and no next page');
  return { objects, next };
}

/** S3 writes a space as "+", others as "%20". */
function decodeKey(key: string): string {
  return decodeURIComponent(key.replaceAll('+', '%20'));
}
