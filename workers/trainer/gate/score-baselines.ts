import type { DayNumber } from '../../../shared/calendar/day-number.ts';
import { createCategories } from '../../../shared/features/index.ts';
import { scorePoint } from '../../../shared/forecast/metrics.ts';
import type { Score } from '../../../shared/schemas/manifest.ts';
import { baselineContenders } from '../backtest/contenders/baselines.ts';
import { actualUnits, knownPoints } from '../backtest/known-points.ts';
import type { Dataset } from '../datasets/dataset.ts';
import { openPanelSeries } from '../training-set/panel-series.ts';

/** The errors of the baselines on the window after `origin`, as a backtest would record them. */
export async function scoreBaselines(dataset: Dataset, origin: DayNumber): Promise<Record<string, Score>> {
  const series = openPanelSeries(dataset, createCategories(dataset.stores, dataset.families));
  const points = knownPoints(series, origin);
  const actual = actualUnits(series, origin, points);
  const scores: Record<string, Score> = {};
  for (const { name, forecast } of baselineContenders(series)) {
    const { median } = await forecast(origin, () => undefined);
    const predicted = Float64Array.from(points, (point) => median[point] as number);
    scores[name] = scorePoint(actual, predicted);
  }
  return scores;
}
