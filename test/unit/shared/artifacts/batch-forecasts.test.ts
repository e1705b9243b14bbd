import { gunzipSync, gzipSync } from 'node:zlib';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  type BatchForecasts,
  createBatchForecasts,
  forecastsOf,
  setForecasts,
} from '../../../../shared/artifacts/batch-forecasts.ts';
import {
  decodeBatchForecasts,
  encodeBatchForecasts,
  readBatchForecasts,
} from '../../../../shared/artifacts/batch-forecasts-format.ts';
import { objectKeys } from '../../../../shared/artifacts/object-keys.ts';
import type { SeriesKey } from '../../../../shared/schemas/series.ts';
import { MemoryObjects } from '../../../support/object-store/memory-objects.ts';

const FACTS = { modelVersion: 'v1', dataset: 'ñandú', origin: '2026-11-22' };

/** Units with three decimals, in order. */
const points = (horizon: number, units: fc.Arbitrary<number>) =>
  fc.array(fc.tuple(units, units, units, units), { minLength: horizon, maxLength: horizon }).map((days) =>
    days.map(([mean, ...quantiles], i) => {
      const [p10 = 0, p50 = 0, p90 = 0] = quantiles.sort((a, b) => a - b);
      return { h: i + 1, mean, p10, p50, p90 };
    }),
  );

const units = fc
  .oneof(fc.nat(3000), fc.nat(2 ** 30), fc.constant(0), fc.integer({ min: 2 ** 40, max: 2 ** 50 }))
  .map((milliUnits) => milliUnits / 1000);

const batches = fc
  .tuple(fc.integer({ min: 1, max: 20 }), fc.uniqueArray(fc.integer({ min: 1, max: 99 }), { minLength: 1 }))
  .chain(([horizon, stores]) =>
    fc.tuple(
      fc.constant(horizon),
      fc.tuple(...stores.map((store) => fc.tuple(fc.constant(store), points(horizon, units)))),
    ),
  );

function sampleBatch(): BatchForecasts {
  const batch = createBatchForecasts({ ...FACTS, horizon: 16, series: ['1:DAIRY', '2:DAIRY'] });
  for (const index of [0, 1]) {
    const days = Array.from({ length: 16 }, (_, i) => ({
      h: i + 1,
      mean: 3,
      p10: 1,
      p50: 2 + i / 10,
      p90: 4,
    }));
    setForecasts(batch, index, days);
  }
  return batch;
}

describe('batch forecasts', () => {
  it('come back number for number, whatever they are', () =>
    fc.assert(
      fc.asyncProperty(batches, async ([horizon, forecasts]) => {
        const series = forecasts.map(([store]): SeriesKey => `${store}:A:B ñ`);
        const batch = createBatchForecasts({ ...FACTS, horizon, series });
        forecasts.forEach(([, days], index) => {
          setForecasts(batch, index, days);
        });
        const read = await decodeBatchForecasts(await encodeBatchForecasts(batch), 'key');
        expect(read).toEqual(batch);
        forecasts.forEach(([store, days]) => {
          expect(forecastsOf(read, `${store}:A:B ñ`)).toEqual(days);
        });
        expect(forecastsOf(read, '100:A:B ñ')).toBeNull();
      }),
      { numRuns: 60 },
    ));

  it('are found by origin and model', async () => {
    const objects = new MemoryObjects();
    const batch = sampleBatch();
    const key = objectKeys.batchForecasts(batch.origin, batch.modelVersion);
    expect(key).toBe('forecasts/2026-11-22/v1.bin.gz');
    await objects.put(key, await encodeBatchForecasts(batch));
    expect(await readBatchForecasts(objects, batch.origin, 'v1')).toEqual(batch);
    expect(await readBatchForecasts(objects, batch.origin, 'v2')).toBeNull();
  });

  it('have the same bytes when they are written again', async () => {
    expect(await encodeBatchForecasts(sampleBatch())).toEqual(await encodeBatchForecasts(sampleBatch()));
  });

  it('cannot be written with a number that is none', async () => {
    const batch = sampleBatch();
    batch.mean[3] = Number.NaN;
    await expect(encodeBatchForecasts(batch)).rejects.toThrow(RangeError);
  });

  it('that are damaged are refused, wherever they are cut', async () => {
    const whole = gunzipSync(await encodeBatchForecasts(sampleBatch()));
    for (let end = 0; end < whole.length; end++) {
      await expect(
        decodeBatchForecasts(gzipSync(whole.subarray(0, end)), 'the key'),
        `${end}`,
      ).rejects.toThrow(/^the key: .*; train again/);
    }
    await expect(decodeBatchForecasts(new Uint8Array([1, 2, 3]), 'the key')).rejects.toThrow(
      'cannot be unpacked',
    );
    const packed = await encodeBatchForecasts(sampleBatch());
    await expect(decodeBatchForecasts(packed.subarray(0, -9), 'the key')).rejects.toThrow(
      'cannot be unpacked',
    );
  });

  it('that are out of order are refused', async () => {
    const batch = sampleBatch();
    batch.p10[20] = 9_000_000;
    await expect(decodeBatchForecasts(await encodeBatchForecasts(batch), 'key')).rejects.toThrow(
      'the forecast of 2:DAIRY is out of order',
    );
  });
});
