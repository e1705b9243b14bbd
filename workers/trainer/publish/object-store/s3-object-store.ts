import type { ListedObject, ObjectStore } from '../../../../shared/artifacts/object-store.ts';
import { contentEtag } from './content-etag.ts';
import type { R2Configuration } from './r2-configuration.ts';
import { createS3Requests, S3_RETRY_POLICY, type S3RetryPolicy } from './s3-requests.ts';
import { readListPage } from './s3-xml.ts';

/** Keys of one page of a listing; a server may return fewer. */
const PAGE_SIZE = 1000;

/**
 * R2 from outside Cloudflare, over its S3 interface.
 *
 * @throws {S3Error} from every method
 */
export function createS3ObjectStore(
  configuration: R2Configuration,
  retryPolicy: Partial<S3RetryPolicy> = {},
  pageSize = PAGE_SIZE,
): ObjectStore {
  const request = createS3Requests(configuration, { ...S3_RETRY_POLICY, ...retryPolicy });

  const listEntries = async (prefix: string): Promise<readonly ListedObject[]> => {
    const entries: ListedObject[] = [];
    let token: string | null = null;
    do {
      const query: Record<string, string> = {
        'list-type': '2',
        'encoding-type': 'url',
        'max-keys': String(pageSize),
        prefix,
      };
      if (token !== null) query['continuation-token'] = token;
      const { body } = await request({ method: 'GET', key: '', query });
      const page = readListPage(new TextDecoder().decode(body));
      entries.push(...page.objects);
      token = page.next;
    } while (token !== null);
    return entries;
  };

  return {
    async get(key) {
      const { errorCode, etag, body } = await request({ method: 'GET', key });
      if (errorCode !== null) return null;
      return {
        etag,
        bytes: () => Promise.resolve(body),
        text: () => Promise.resolve(new TextDecoder().decode(body)),
      };
    },
    async put(key, content, onlyIf) {
      const body = typeof content === 'string' ? new TextEncoder().encode(content) : content;
      const headers = onlyIf && preconditionOf(onlyIf.etag);
      const reply = await request({ method: 'PUT', key, body, ...(headers && { headers }) });
      if (reply.errorCode === null) return reply.etag;
      // The first attempt may have succeeded and its response been lost; then the stored object is this one.
      if (!reply.wasRepeated) return null;
      const stored = await request({ method: 'GET', key });
      return stored.errorCode === null && stored.etag === contentEtag(body) ? stored.etag : null;
    },
    list: async (prefix) => (await listEntries(prefix)).map(({ key }) => key),
    listEntries,
    async delete(key) {
      await request({ method: 'DELETE', key });
    },
  };
}

/** `null`: only if no object exists. */
function preconditionOf(etag: string | null): Record<string, string> {
  return etag === null ? { 'If-None-Match': '*' } : { 'If-Match': `"${etag}"` };
}
