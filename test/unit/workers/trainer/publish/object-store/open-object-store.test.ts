import { mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { createDirectorySink } from '../../../../../../workers/trainer/publish/object-store/directory-object-store.ts';
import { probeWriting } from '../../../../../../workers/trainer/publish/object-store/open-object-store.ts';
import { createS3ObjectStore } from '../../../../../../workers/trainer/publish/object-store/s3-object-store.ts';
import { startBucketServer } from '../../../../../support/stand-ins/bucket-server.ts';

describe('the write test before publishing', () => {
  it('leaves the store unchanged', async () => {
    await using bucket = await startBucketServer();
    const store = createS3ObjectStore(bucket.configuration);
    await store.put('models/champion.json', '{}');
    await probeWriting(store, 'r2://forecasts');
    expect(bucket.requests).toEqual(['PUT models/champion.json', 'PUT write-probe', 'DELETE write-probe']);
    expect([...bucket.objects.keys()]).toEqual(['models/champion.json']);
  });

  it.each(['PUT', 'DELETE'])(
    'fails if the token lacks the right to %s, and says which right to grant',
    async (method) => {
      await using bucket = await startBucketServer();
      bucket.fault = (request) =>
        request.startsWith(method) ? { status: 403, code: 'AccessDenied' } : undefined;
      await expect(
        probeWriting(createS3ObjectStore(bucket.configuration), 'r2://forecasts'),
      ).rejects.toMatchObject({
        name: 'UnwritableStoreError',
        message: expect.stringMatching(
          /^r2:\/\/forecasts cannot be published to, so nothing is trained: .*R2_ACCESS_KEY_ID needs "Object Read & Write"/,
        ),
      });
    },
  );

  it('fails if the location is not a directory, and names the flag to change it', async () => {
    const file = join(await mkdtemp(join(tmpdir(), 'probe-')), 'file');
    await writeFile(file, '');
    await expect(probeWriting(createDirectorySink(file), file)).rejects.toThrow(
      /cannot be published to, .*; name a directory that may be written to with --out$/,
    );
  });
});
