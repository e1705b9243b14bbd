import { afterEach, describe, expect, it, vi } from 'vitest';
import { computeFeatureFingerprint } from '../../../../shared/features/compute-fingerprint.ts';
import type { Feature } from '../../../../shared/features/feature.ts';
import { FEATURE_FINGERPRINT, FEATURE_NAMES, FEATURES, HORIZON } from '../../../../shared/features/index.ts';

afterEach(() => vi.restoreAllMocks());

describe('the feature fingerprint', () => {
  it('equals the constant that models are compared with (`npm run fingerprint` writes it)', async () => {
    expect(await computeFeatureFingerprint()).toBe(FEATURE_FINGERPRINT);
  });

  it.each(FEATURES.map((feature) => [feature.name, feature] as const))(
    'changes with the last bit of %s',
    async (_, feature) => {
      const { write } = feature as Feature<unknown>;
      vi.spyOn(feature as Feature<unknown>, 'write').mockImplementation((source, out, at, stride) => {
        write(source, out, at, stride);
        const bits = new Int32Array(out.buffer, out.byteOffset, out.length);
        // Tables are written one row per call, so the next value in a column is not `stride` away.
        const rows = stride === 1 ? 1 : HORIZON;
        for (let row = 0, cell = at; row < rows && cell < out.length; row++, cell += stride) {
          if (!Number.isNaN(out[cell]) && out[cell] !== 0) bits[cell] = (bits[cell] as number) ^ 1;
        }
      });
      expect(await computeFeatureFingerprint()).not.toBe(FEATURE_FINGERPRINT);
    },
  );

  it('changes when an unknown value becomes known', async () => {
    const feature = FEATURES[FEATURE_NAMES.indexOf('year_ago')] as Feature<unknown>;
    const { write } = feature;
    vi.spyOn(feature, 'write').mockImplementation((source, out, at, stride) => {
      write(source, out, at, stride);
      if (Number.isNaN(out[at])) out[at] = 0;
    });
    expect(await computeFeatureFingerprint()).not.toBe(FEATURE_FINGERPRINT);
  });

  it('changes with a name', async () => {
    const [first, second] = FEATURES as unknown as { name: string }[];
    if (!first || !second) throw new Error('there are features');
    const { name } = first;
    try {
      first.name = second.name;
      expect(await computeFeatureFingerprint()).not.toBe(FEATURE_FINGERPRINT);
    } finally {
      first.name = name;
    }
  });
});
