import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { at } from '../../../../shared/at.ts';
import { cumulativeDemand } from '../../../../shared/forecast/demand-intervals.ts';

const DAYS = 16;
const ROUNDING = 1e-9;

const residuals = fc.array(fc.double({ min: -2, max: 2, noNaN: true }), { minLength: DAYS, maxLength: DAYS });
const request = fc.record({
  means: fc.array(fc.double({ min: 0, max: 900, noNaN: true }), { minLength: DAYS, maxLength: DAYS }),
  closed: fc.array(fc.boolean(), { minLength: DAYS, maxLength: DAYS }),
  p10: residuals,
  p50: residuals,
  p90: residuals,
  // Of the mean of the first day.
  medianOfFirst: fc.double({ min: 0, max: 3, noNaN: true }),
  spread: fc.double({ min: 0, max: 5, noNaN: true }),
});

const firstOpen = (closed: readonly boolean[]) => closed.indexOf(false);

function sumsOf({
  means,
  closed,
  p10,
  p50,
  p90,
  medianOfFirst,
  spread,
}: typeof request extends fc.Arbitrary<infer T> ? T : never) {
  const open = means.map((mean, i) => (closed[i] ? 0 : mean));
  const median = (open[firstOpen(closed)] ?? 0) * medianOfFirst;
  return cumulativeDemand(
    {
      means: Float64Array.from(open),
      isClosed: (i) => at(closed, i),
      tables: { p10: [p10], p50: [p50], p90: [p90] },
      volumeClass: 0,
      levelDeviation: 0,
      dayAt: () => ({ p10: median / (1 + spread), p50: median, p90: median * (1 + spread) }),
    },
    false,
  );
}

describe('the demand of days together', () => {
  it('has its quantiles in order, its mean among them, and no median above the mean', () => {
    fc.assert(
      fc.property(request, (drawn) => {
        for (const { p10, p50, p90, mean } of sumsOf(drawn)) {
          expect(p10).toBeLessThanOrEqual(p50 + ROUNDING);
          expect(p50).toBeLessThanOrEqual(p90 + ROUNDING);
          expect(p50).toBeLessThanOrEqual(mean + ROUNDING);
          expect(mean).toBeLessThanOrEqual(p90 + ROUNDING);
        }
      }),
    );
  });

  it('is that of the first open day until a second one opens', () => {
    fc.assert(
      fc.property(request, (drawn) => {
        const { closed, means, medianOfFirst, spread } = drawn;
        const opening = firstOpen(closed);
        const second = closed.indexOf(false, opening + 1);
        const mean = means[opening] ?? 0;
        const p50 = Math.min(mean, mean * medianOfFirst);
        sumsOf(drawn).forEach((sum, i) => {
          if (opening < 0 || i < opening) expect(sum).toEqual({ mean: 0, p10: 0, p50: 0, p90: 0 });
          else if (second < 0 || i < second) {
            expect(sum.p50).toBeCloseTo(p50, 9);
            expect(sum.p90).toBeCloseTo(Math.max(mean * medianOfFirst * (1 + spread), mean), 6);
          }
        });
      }),
    );
  });

  it('never falls with a further day, and stays on a closed one', () => {
    fc.assert(
      fc.property(request, (drawn) => {
        const sums = sumsOf(drawn);
        sums.slice(1).forEach((sum, i) => {
          const before = at(sums, i);
          for (const kind of ['p10', 'p50', 'p90', 'mean'] as const) {
            expect(sum[kind]).toBeGreaterThanOrEqual(before[kind] - ROUNDING);
            if (drawn.closed[i + 1]) expect(sum[kind]).toBe(before[kind]);
          }
        });
      }),
    );
  });
});
