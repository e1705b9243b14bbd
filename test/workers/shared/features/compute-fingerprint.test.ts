import { expect, it } from 'vitest';
import { computeFeatureFingerprint } from '../../../../shared/features/compute-fingerprint.ts';
import { FEATURE_FINGERPRINT } from '../../../../shared/features/index.ts';

it('the features have the same fingerprint inside workerd', async () => {
  expect(await computeFeatureFingerprint()).toBe(FEATURE_FINGERPRINT);
});
