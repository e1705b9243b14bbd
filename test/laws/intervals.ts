import { parseSeriesKey } from '../../shared/schemas/series.ts';
import type { Dataset } from '../../workers/trainer/data/dataset.ts';
import type { SeriesForecast, ServedDemand } from '../support/trainer/forecast-panel.ts';
import { quantileOf } from './change.ts';
import { type Law, shareFinding } from './finding.ts';

const SKEW_DAYS = 56;
/** What rounding to thousandths may add. */
const ROUNDING = 0.002;

/** Sums grow from day to day, and means lie within their 80 % interval. */
export const sumsGrow: Law = async ({ base }) => {
  const all = [...base.series.values()];
  return [
    shareFinding('sums grow', 'sums below the one before', all.flatMap(shrinking)),
    shareFinding(
      'mean within 80 %',
      'days outside',
      all.flatMap(({ days }) => days.map(isMeanOutside)),
    ),
    shareFinding(
      'mean within 80 %',
      'sums outside',
      all.flatMap(({ cumulative }) => cumulative.map(isMeanOutside)),
    ),
  ];
};

/** Where a few days sell much, the mean of a sum lies above its median. */
export const meanAboveMedian: Law = async ({ dataset, base }) => {
  const skewed = [...base.series].filter(([key]) => isRightSkewed(dataset, key));
  if (skewed.length === 0) return [];
  const isBelow = ({ mean, median }: ServedDemand) => mean < median - ROUNDING;
  return [
    shareFinding(
      'mean above median where skewed',
      'sums below',
      skewed.flatMap(([, { cumulative }]) => cumulative.map(isBelow)),
    ),
  ];
};

function shrinking({ cumulative }: SeriesForecast): boolean[] {
  return cumulative.slice(1).map((sum, i) => {
    const before = cumulative[i] ?? sum;
    return (['mean', 'median', 'p10', 'p90'] as const).some((kind) => sum[kind] < before[kind] - ROUNDING);
  });
}

function isMeanOutside({ mean, p10, p90 }: ServedDemand): boolean {
  return mean < p10 - ROUNDING || mean > p90 + ROUNDING;
}

/** Whether the days of the last 8 weeks sold more on average than their median. */
function isRightSkewed({ panel }: Dataset, key: string): boolean {
  const { storeNbr, family } = parseSeriesKey(key);
  const s = panel.series.findIndex((one) => one.storeNbr === storeNbr && one.family === family);
  const end = (s + 1) * panel.dayCount;
  const start = Math.max(s * panel.dayCount, end - SKEW_DAYS);
  const sold = Array.from(panel.milliUnits.subarray(start, end)).filter((value) => value >= 0);
  const mean = sold.reduce((sum, value) => sum + value, 0) / Math.max(1, sold.length);
  return mean > quantileOf(sold, 0.5);
}
