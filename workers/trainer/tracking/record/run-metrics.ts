import type { Segment } from '../../backtest/breakdown.ts';
import { MODEL } from '../../backtest/contender.ts';
import type { IntervalScores, PointScores } from '../../backtest/point-errors.ts';
import type { Metric } from './tracking-record.ts';

/** Scores by name. A score of nothing (NaN) is not a metric. */
type Scores = Readonly<Record<string, number | undefined>>;

/** @param prefix what the names start with, `window/` */
export function metricsOf(scores: Scores, timestamp: number, step = 0, prefix = ''): Metric[] {
  return Object.entries(scores).flatMap(([name, value]) =>
    value !== undefined && Number.isFinite(value) ? [{ key: prefix + name, value, step, timestamp }] : [],
  );
}

/**
 * The scores of a segment of the backtest: `rmsle`, ... of the model, `seasonal_naive/rmsle`, ... of every baseline,
 * `coverage80`, ... of the daily intervals, `cumulative/coverage80`, ... of those of cumulative demand.
 */
export function segmentScores({ scores, interval, cumulative }: Segment): Record<string, number> {
  const entries = Object.entries(scores).flatMap(([contender, errors]) =>
    Object.entries(pointScores(errors)).map(
      ([name, value]) => [contender === MODEL ? name : `${contender}/${name}`, value] as const,
    ),
  );
  return {
    ...Object.fromEntries(entries),
    ...intervalScores(interval, ''),
    ...intervalScores(cumulative, 'cumulative/'),
  };
}

function pointScores({ rmsle, wape, mase, bias, mean_ratio, sum_wape }: PointScores): Record<string, number> {
  return { rmsle, wape, mase, bias, mean_ratio, sum_wape };
}

function intervalScores(scores: IntervalScores | null, prefix: string): Record<string, number> {
  if (!scores) return {};
  const { coverage80, width80, width80_share, pinball } = scores;
  const named = Object.entries({ coverage80, width80, width80_share, pinball });
  return Object.fromEntries(named.map(([name, value]) => [prefix + name, value]));
}
