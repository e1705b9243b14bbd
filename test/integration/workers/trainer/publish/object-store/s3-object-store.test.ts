import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ObjectStore } from '../../../../../../shared/artifacts/object-store.ts';
import { createS3ObjectStore } from '../../../../../../workers/trainer/publish/object-store/s3-object-store.ts';
import { describeObjectStore } from '../../../../../contract/object-store.ts';
import { virtualEnvironmentForTests } from '../../../../../support/processes/virtual-environment.ts';
import {
  MOTO_PACKAGES,
  type MotoServer,
  startMotoServer,
} from '../../../../../support/stand-ins/moto-server.ts';

const PATIENCE = { attempts: 3, firstWaitMs: 1, timeLimitMs: 10_000 };

let moto: MotoServer | null = null;
let store: ObjectStore | null = null;
beforeAll(async () => {
  const programs = await virtualEnvironmentForTests('moto', MOTO_PACKAGES);
  if (programs === null) return;
  moto = await startMotoServer(programs);
  store = createS3ObjectStore(await moto.createBucket('artifacts'), PATIENCE, 2);
});
afterAll(() => moto?.[Symbol.asyncDispose]());

/** moto 5.2.5 supports both preconditions of a write; it does not check signatures and permissions. */
describe('a bucket of a third-party S3 server', () => {
  describeObjectStore(() => store);

  it('is distinguished from a missing one', async (context) => {
    if (!moto) return context.skip('moto is not there');
    const { endpoint } = moto;
    const missing = { endpoint, bucket: 'nowhere', accessKeyId: 'a', secretAccessKey: 'b' };
    const nowhere = createS3ObjectStore(missing, PATIENCE);
    await expect(nowhere.put('a', 'x')).rejects.toMatchObject({ code: 'no-such-bucket' });
    await expect(nowhere.list('')).rejects.toMatchObject({ code: 'no-such-bucket' });
    await expect(nowhere.get('a')).rejects.toMatchObject({ code: 'no-such-bucket' });
  });
});
