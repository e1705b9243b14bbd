import type { DayNumber } from '../../../shared/calendar/day-number.ts';
import { createCategories, HORIZON } from '../../../shared/features/index.ts';
import { scoreOf } from '../../../shared/forecast/metrics.ts';
import type { Score } from '../../../shared/schemas/manifest.ts';
import { baselineContenders } from '../backtest/contenders/baselines.ts';
import type { Dataset } from '../datasets/dataset.ts';
import { openPanelSeries } from '../training-set/panel-series.ts';

/** The errors of the baselines on the window after `origin`, as a backtest would record them. */
export async function scoreBaselines(dataset: Dataset, origin: DayNumber): Promise<Record<string, Score>> {
  const series = openPanelSeries(dataset, createCategories(dataset.stores, dataset.families));
  const sales = series.flatMap(({ history: { milliUnits, firstDay } }) =>
    Array.from({ length: HORIZON }, (_, i) => milliUnits[origin + 1 + i - firstDay] ?? -1),
  );
  const known = [...sales.keys()].filter((point) => (sales[point] as number) >= 0);
  const actual = Float64Array.from(known, (point) => (sales[point] as number) / 1000);
  const scores: Record<string, Score> = {};
  for (const { name, forecast } of baselineContenders(series)) {
    const units = await forecast(origin, () => undefined);
    const predicted = Float64Array.from(known, (point) => units[point] as number);
    scores[name] = scoreOf(actual, predicted);
  }
  return scores;
}
