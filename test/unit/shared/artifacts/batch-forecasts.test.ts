import { gunzipSync, gzipSync } from 'node:zlib';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  type BatchForecasts,
  type BatchPoint,
  findForecasts,
  sectionKeyOf,
} from '../../../../shared/artifacts/batch-forecasts.ts';
import { toIsoDate } from '../../../../shared/calendar/day-number.ts';
import { compareStoreNbrs, seriesKey } from '../../../../shared/schemas/series.ts';
import { encodeBatchForecasts } from '../../../../workers/trainer/publish/encode-batch-forecasts.ts';
import { anyStore } from '../../../support/ids/hostile-ids.ts';
import { readBatchLines } from '../../../support/trainer/read-batch-forecasts.ts';

const FACTS = { modelVersion: '2026-11-22T03-00-00Z', origin: '2026-11-22' };
const ORIGIN_DAY = 20_779;

const units = fc
  .oneof(fc.nat(3000), fc.nat(2 ** 30), fc.constant(0), fc.integer({ min: 2 ** 40, max: 2 ** 50 }))
  .map((milliUnits) => milliUnits / 1000);
const names = fc
  .array(fc.constantFrom(...'AB ,":;ñ=\t1'), { minLength: 1, maxLength: 6 })
  .map((characters) => characters.join(''));

const pointsOf = (horizon: number) =>
  fc
    .array(
      fc.record({
        quantiles: fc.tuple(units, units, units),
        mean: units,
        onpromotion: fc.nat(900),
        source: fc.constantFrom('model' as const, 'peers' as const, 'history' as const),
        closed: fc.option(names, { nil: undefined }),
      }),
      { minLength: horizon, maxLength: horizon },
    )
    .map((days) =>
      days.map(({ quantiles, closed, ...rest }, i): BatchPoint => {
        const [p10 = 0, p50 = 0, p90 = 0] = quantiles.sort((a, b) => a - b);
        const date = toIsoDate(ORIGIN_DAY + i + 1);
        return { h: i + 1, date, p10, p50, p90, ...rest, ...(closed !== undefined && { closed }) };
      }),
    );

const batches = fc
  .tuple(
    fc.integer({ min: 1, max: 20 }),
    fc.uniqueArray(fc.tuple(anyStore, names), {
      minLength: 1,
      selector: ([storeNbr, family]) => seriesKey(storeNbr, family),
    }),
  )
  .chain(([horizon, series]) =>
    fc
      .tuple(
        ...series.map(([storeNbr, family]) =>
          fc.record({
            storeNbr: fc.constant(storeNbr),
            family: fc.constant(family),
            points: pointsOf(horizon),
          }),
        ),
      )
      .map((forecasts): BatchForecasts => ({ ...FACTS, series: forecasts })),
  );

function sampleBatch(stores = 3, days = 16): BatchForecasts {
  const points = Array.from({ length: days }, (_, i): BatchPoint => {
    const date = toIsoDate(ORIGIN_DAY + i + 1);
    return { h: i + 1, date, mean: 3, p10: 1, p50: 2 + i / 10, p90: 4, onpromotion: 5, source: 'model' };
  });
  const series = Array.from({ length: stores }, (_, i) =>
    ['DAIRY', 'EGGS'].map((family) => ({ storeNbr: String(i + 1), family, points })),
  );
  return { ...FACTS, series: series.flat() };
}

describe('batch forecasts', () => {
  it('round-trip every series, number for number', () =>
    fc.assert(
      fc.asyncProperty(batches, async (batch) => {
        const bytes = encodeBatchForecasts(batch);
        for (const { storeNbr, family, points } of batch.series) {
          expect(await findForecasts(bytes, { storeNbr, family })).toEqual({ ...FACTS, points });
        }
        for (const missing of [
          { storeNbr: batch.series[0]?.storeNbr ?? '1', family: 'no,ne' },
          { storeNbr: '100000', family: 'A' },
        ]) {
          expect(await findForecasts(bytes, missing)).toEqual({ ...FACTS, points: null });
        }
      }),
      { numRuns: 60 },
    ));

  it('are a plain gzipped CSV file to other readers, sorted by store', () =>
    fc.assert(
      fc.asyncProperty(batches, async (batch) => {
        const lines = readBatchLines(encodeBatchForecasts(batch));
        const sorted = batch.series.toSorted(
          (left, right) =>
            sectionKeyOf(left.storeNbr) - sectionKeyOf(right.storeNbr) ||
            compareStoreNbrs(left.storeNbr, right.storeNbr),
        );
        const text = (value: string | number | undefined) => (value === undefined ? '' : `${value}`);
        expect(lines).toEqual(
          sorted.flatMap(({ storeNbr, family, points }) =>
            points.map(({ closed, ...point }) => ({
              store_nbr: `${storeNbr}`,
              family,
              ...Object.fromEntries(Object.entries(point).map(([name, value]) => [name, text(value)])),
              closed: text(closed),
              origin: FACTS.origin,
              model_version: FACTS.modelVersion,
            })),
          ),
        );
      }),
      { numRuns: 60 },
    ));

  it('start with the documented columns and the first series', async () => {
    expect(gunzipSync(encodeBatchForecasts(sampleBatch())).toString().split('\n').slice(0, 3)).toEqual([
      'store_nbr,family,date,h,p10,p50,p90,mean,onpromotion,source,closed,origin,model_version',
      '1,DAIRY,2026-11-23,1,1,2,4,3,5,model,,2026-11-22,2026-11-22T03-00-00Z',
      '1,DAIRY,2026-11-24,2,1,2.1,4,3,5,model,,2026-11-22,2026-11-22T03-00-00Z',
    ]);
  });

  it('have the same bytes when written again', async () => {
    expect(encodeBatchForecasts(sampleBatch())).toEqual(encodeBatchForecasts(sampleBatch()));
  });

  it('share sections when there are more stores than index entries', async () => {
    const batch = sampleBatch(8003, 1);
    const bytes = encodeBatchForecasts(batch);
    for (const storeNbr of [1, 2, 4001, 8002, 8003]) {
      expect(
        (await findForecasts(bytes, { storeNbr: String(storeNbr), family: 'EGGS' })).points,
      ).toHaveLength(1);
    }
    expect((await findForecasts(bytes, { storeNbr: '8004', family: 'EGGS' })).points).toBeNull();
  });

  it('reject numbers that are not finite, and an empty batch', async () => {
    const { series, ...facts } = sampleBatch(1);
    const [{ points: [first, ...others] = [], ...name } = { storeNbr: '1', family: 'DAIRY' }] = series;
    if (!first) throw new Error('the sample has no points');
    const broken = { ...facts, series: [{ ...name, points: [{ ...first, mean: Number.NaN }, ...others] }] };
    expect(() => encodeBatchForecasts(broken)).toThrow('1:DAIRY for 2026-11-23 is not a number');
    expect(() => encodeBatchForecasts({ ...facts, series: [] })).toThrow(RangeError);
  });

  it('are refused when truncated before the requested series is complete', async () => {
    const batch = sampleBatch();
    const bytes = encodeBatchForecasts(batch);
    for (const { storeNbr, family, points } of batch.series) {
      const answers: (readonly BatchPoint[] | null | 'refused')[] = [];
      for (let end = 0; end <= bytes.length; end++) {
        const found = findForecasts(bytes.subarray(0, end), { storeNbr, family });
        answers.push(
          await found.then(
            (forecasts) => forecasts.points,
            (error: unknown) => {
              expect(error).toMatchObject({
                name: 'InvalidObjectError',
                message: expect.stringContaining('train again'),
              });
              return 'refused';
            },
          ),
        );
      }
      const whole = answers.filter((answer) => answer !== 'refused');
      expect(whole.length).toBeGreaterThan(0);
      for (const answer of whole) expect(answer).toEqual(points);
    }
  });

  it('are refused in another format', async () => {
    const find = (bytes: Uint8Array) => findForecasts(bytes, { storeNbr: '1', family: 'DAIRY' });
    const text = gunzipSync(encodeBatchForecasts(sampleBatch()));
    for (const bytes of [new Uint8Array(0), new Uint8Array([1, 2, 3]), gzipSync(text), text]) {
      await expect(find(bytes)).rejects.toThrow('have no store index');
    }
  });

  it('are refused out of order', async () => {
    const { series, ...facts } = sampleBatch(1);
    const disordered = series.map((entry) => ({
      ...entry,
      points: entry.points.map((point) => ({ ...point, p10: 9 })),
    }));
    const bytes = encodeBatchForecasts({ ...facts, series: disordered });
    await expect(findForecasts(bytes, { storeNbr: '1', family: 'EGGS' })).rejects.toThrow('out of order');
    const withoutFirstDay = series.map((entry) => ({ ...entry, points: entry.points.slice(1) }));
    const short = encodeBatchForecasts({ ...facts, series: withoutFirstDay });
    await expect(findForecasts(short, { storeNbr: '1', family: 'EGGS' })).rejects.toThrow(
      'every day of 1:EGGS',
    );
  });
});
