import { parseSeriesKey } from '../../shared/schemas/series.ts';
import type { Dataset } from '../../workers/trainer/data/dataset.ts';
import { forecastPanel, type SeriesForecast, type ServedDemand } from '../support/trainer/forecast-panel.ts';
import { quantileOf } from './change.ts';
import type { Finding, Law, Subject } from './finding.ts';

const WINDOWS = 2;
const SKEW_DAYS = 56;
/** What rounding to thousandths may add. */
const ROUNDING = 0.002;

/** Sums grow from day to day, and means lie within their 80 % interval. */
export const sumsGrow: Law = async (subject) => {
  const all = [...(await withIntervals(subject)).values()];
  return [
    share('sums grow', 'sums below the one before', all.flatMap(shrinking)),
    share(
      'mean within 80 %',
      'days outside',
      all.flatMap(({ days }) => days.map(isMeanOutside)),
    ),
    share(
      'mean within 80 %',
      'sums outside',
      all.flatMap(({ cumulative }) => cumulative.map(isMeanOutside)),
    ),
  ];
};

/** Where a few days sell much, the mean of a sum lies above its median. */
export const meanAboveMedian: Law = async (subject) => {
  const skewed = [...(await withIntervals(subject))].filter(([key]) => isRightSkewed(subject.dataset, key));
  const isBelow = ({ mean, median }: ServedDemand) => mean < median - ROUNDING;
  return [
    share(
      'mean above median where skewed',
      'sums below',
      skewed.flatMap(([, { cumulative }]) => cumulative.map(isBelow)),
    ),
  ];
};

async function withIntervals({ dataset, options }: Subject) {
  return (await forecastPanel(dataset, { ...options, windows: options.windows || WINDOWS })).series;
}

function share(law: string, figure: string, flags: readonly boolean[]): Finding {
  return { law, figure, value: flags.filter(Boolean).length / Math.max(1, flags.length), limit: 0 };
}

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
