import { describe, expect, it } from 'vitest';
import { sampleSeries } from '../../../bench/peers/sample-series.ts';

const ORIGIN = 100;

/** Series of `families` families, 30 each, of 1 to 30 units a day; those of a family are not in the order of volume. */
function seriesOf(families: readonly string[]) {
  return families.flatMap((family) =>
    Array.from({ length: 30 }, (_, i) => ({
      family,
      history: {
        firstDay: ORIGIN - 27,
        milliUnits: new Int32Array(28).fill(1000 * (1 + ((i * 7) % 30))),
        onpromotion: new Uint16Array(28),
        tickets: new Int32Array(28),
      },
    })),
  );
}

function volumeOf(series: ReturnType<typeof seriesOf>, s: number): number {
  return (series[s]?.history.milliUnits[0] ?? Number.NaN) / 1000;
}

describe('the stratified sample', () => {
  const series = seriesOf(['TEA', 'BREAD', 'EGGS']);

  it('is everything where there is little', () => {
    expect(sampleSeries(series.slice(0, 5), ORIGIN, 5, 1)).toEqual([0, 1, 2, 3, 4]);
  });

  it('has exactly the size that was asked for, no series twice, in ascending order', () => {
    for (const size of [1, 7, 45, 89]) {
      const sample = sampleSeries(series, ORIGIN, size, 1);
      expect(new Set(sample).size).toBe(size);
      expect(sample).toEqual([...sample].sort((left, right) => left - right));
    }
  });

  it('gives each family its share, and in each family slow and fast sellers theirs', () => {
    for (let seed = 0; seed < 50; seed++) {
      const sample = sampleSeries(series, ORIGIN, 9, seed);
      for (const family of ['TEA', 'BREAD', 'EGGS']) {
        const volumes = sample.filter((s) => series[s]?.family === family).map((s) => volumeOf(series, s));
        const thirds = volumes.map((units) => Math.ceil(units / 10)).sort();
        expect(thirds).toEqual([1, 2, 3]);
      }
    }
  });

  it('is decided by its seed alone, and another seed draws others', () => {
    const draw = (seed: number) => sampleSeries(series, ORIGIN, 9, seed);
    expect(draw(4)).toEqual(draw(4));
    const drawn = new Set(Array.from({ length: 200 }, (_, seed) => draw(seed)).flat());
    // Every series is drawn at some time: none is favoured or forgotten.
    expect(drawn.size).toBe(series.length);
  });

  it('does not look past the origin', () => {
    const changed = seriesOf(['TEA', 'BREAD', 'EGGS']).map(({ family, history }, s) => ({
      family,
      history: {
        ...history,
        milliUnits: Int32Array.from([...history.milliUnits, ...new Array(16).fill(s * 1000)]),
      },
    }));
    expect(sampleSeries(changed, ORIGIN, 9, 1)).toEqual(sampleSeries(series, ORIGIN, 9, 1));
  });
});
