/**
 * The texts of one element in an S3 response, which is flat XML without attributes, comments or CDATA where it matters.
 * Not a general XML parser.
 *
 * @module
 */
import type { ListedObject } from '../../../../shared/artifacts/object-store.ts';
import { S3Error } from './s3-error.ts';

const ENTITIES: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" };

/** The content of every `<name>` element, in order; nested elements stay unparsed. */
export function elementsOf(xml: string, name: string): string[] {
  return [...xml.matchAll(new RegExp(`<${name}>([^]*?)</${name}>`, 'g'))].map(([, content]) => content ?? '');
}

/** The text of the first `<name>` element, its entities resolved; null without one. */
export function textOf(xml: string, name: string): string | null {
  const [content] = elementsOf(xml, name);
  return content === undefined ? null : resolveEntities(content);
}

function resolveEntities(text: string): string {
  return text.replace(/&(?:#x([0-9a-f]{1,6})|#(\d{1,7})|(\w{2,4}));/gi, (whole, hex, decimal, name) => {
    if (name !== undefined) return ENTITIES[name] ?? whole;
    return String.fromCodePoint(hex === undefined ? Number(decimal) : Number.parseInt(hex, 16));
  });
}

/** One page of ListObjectsV2. */
export interface ListPage {
  readonly objects: readonly ListedObject[];
  /** Token of the next page; null on the last. */
  readonly next: string | null;
}

/**
 * Parses a response to ListObjectsV2.
 *
 * @throws {S3Error} `refused` for anything but a listing: an overlooked key would be rewritten or kept unnecessarily
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
