import { describe, expect, it } from 'vitest';
import { readR2Configuration } from '../../../../../../workers/trainer/publish/object-store/r2-configuration.ts';
import { readListPage, textOf } from '../../../../../../workers/trainer/publish/object-store/s3-xml.ts';

const KEYS = { R2_ACCESS_KEY_ID: 'id', R2_SECRET_ACCESS_KEY: 'very secret' };
const ACCOUNT = '0123456789abcdef0123456789abcdef';

describe('the address of a bucket', () => {
  it('follows from the account, or from an endpoint', () => {
    expect(readR2Configuration('r2://artifacts', { ...KEYS, R2_ACCOUNT_ID: ACCOUNT })).toEqual({
      bucket: 'artifacts',
      endpoint: `https://${ACCOUNT}.r2.cloudflarestorage.com`,
      accessKeyId: 'id',
      secretAccessKey: 'very secret',
    });
    const R2_ENDPOINT = 'http://127.0.0.1:5000/';
    expect(readR2Configuration('r2://artifacts/', { ...KEYS, R2_ENDPOINT, R2_ACCOUNT_ID: '' })).toMatchObject(
      { bucket: 'artifacts', endpoint: 'http://127.0.0.1:5000' },
    );
  });

  it('requires every variable, and names all missing ones at once', () => {
    const problems = problemsOf('r2://artifacts', { R2_ACCESS_KEY_ID: '' });
    for (const name of ['R2_ACCOUNT_ID', 'R2_ACCESS_KEY_ID', 'R2_SECRET_ACCESS_KEY']) {
      expect(problems).toContain(`${name} is not set`);
    }
  });

  it.each([
    ['r2://', { R2_ACCOUNT_ID: ACCOUNT }, '"r2://" must be r2://BUCKET'],
    ['r2://a/b', { R2_ACCOUNT_ID: ACCOUNT }, '"r2://a/b" must be r2://BUCKET'],
    ['r2://abc', { R2_ACCOUNT_ID: 'my account' }, 'R2_ACCOUNT_ID must be 32 hexadecimal digits'],
    ['r2://abc', { R2_ENDPOINT: 'https://x.example/abc' }, 'R2_ENDPOINT must be an address without a path'],
    ['r2://abc', { R2_ENDPOINT: 'x.example' }, 'R2_ENDPOINT must be an http or https address'],
  ])('is refused if it is invalid: %s, %j', (location, variables, message) => {
    const problems = problemsOf(location, { ...KEYS, ...variables });
    expect(problems).toContain(message);
    expect(problems).not.toContain('very secret');
  });
});

function problemsOf(location: string, environment: Record<string, string>): string {
  try {
    readR2Configuration(location, environment);
  } catch (error) {
    expect(error).toMatchObject({ name: 'S3Error', code: 'configuration' });
    return String(error);
  }
  throw new Error('nothing was thrown');
}

describe('a listing', () => {
  const page = (contents: string, end = '<IsTruncated>false</IsTruncated>') =>
    `<?xml version="1.0"?><ListBucketResult xmlns="x">${contents}${end}</ListBucketResult>`;
  const object =
    '<Contents><Key>a</Key><LastModified>2026-11-22T10:00:00Z</LastModified><ETag>e</ETag></Contents>';

  it('resolves entities in unencoded keys, and decodes encoded ones', () => {
    const contents = object.replace('>a<', '>a&amp;b&#x20;&#99; %20+&lt;<').replace('>e<', '>&quot;e&quot;<');
    expect(readListPage(page(contents)).objects).toEqual([
      { key: 'a&b c %20+<', etag: 'e', modifiedAt: new Date('2026-11-22T10:00:00Z') },
    ]);
    const encoded = `<EncodingType>url</EncodingType>${object.replace('>a<', '>a%26+b%2B<')}`;
    expect(readListPage(page(encoded)).objects[0]?.key).toBe('a& b+');
    expect(textOf('<Code>&unknown; &amp;amp;</Code>', 'Code')).toBe('&unknown; &amp;');
  });

  it.each([
    ['<html>Sign in</html>', 'no ListBucketResult'],
    [page(object.replace('<ETag>e</ETag>', '')), 'a without ETag'],
    [page(object.replace('<Key>a</Key>', '')), 'an object without Key'],
    [page(object.replace('2026', 'x')), 'a without LastModified'],
    [page(object, ''), 'it has no end and no next page'],
    [page(object, '<IsTruncated>true</IsTruncated>'), 'it has no end and no next page'],
  ])('is refused if it is malformed: %s', (xml, message) => {
    expect(() => readListPage(xml)).toThrow(message);
  });
});
