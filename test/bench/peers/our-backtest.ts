import { MODEL } from '../../../shared/schemas/contender-names.ts';
import type { Dataset } from '../../../workers/trainer/data/dataset.ts';
import type { ReportProgress } from '../../../workers/trainer/data/progress.ts';
import {
  baselineContenders,
  type Contender,
  fittedContender,
} from '../../../workers/trainer/evaluate/contenders.ts';
import { resolveRecipe } from '../../../workers/trainer/evaluate/early-stopping.ts';
import { openBacktest } from '../../../workers/trainer/evaluate/open-backtest.ts';
import { runBacktest } from '../../../workers/trainer/evaluate/run-backtest.ts';
import type { WindowResult } from '../../../workers/trainer/evaluate/window-result.ts';
import type { TrainingOptions } from '../../../workers/trainer/model/parameters.ts';
import type { Recipe } from '../../../workers/trainer/model/recipe.ts';
import type { PanelSeries } from '../../../workers/trainer/model/series/panel-series.ts';
import type { Xgboost } from '../../../workers/trainer/model/xgboost/xgboost.ts';

export interface OurBacktest {
  readonly series: readonly PanelSeries[];
  readonly recipe: Recipe;
  /** Windows with points to score, oldest first. */
  readonly results: readonly WindowResult[];
  /** User CPU of the forecasts of all windows, including rows and fits, by contender. */
  readonly cpuSeconds: Readonly<Record<string, number>>;
  /** Peak resident memory of this process so far, including reading the dataset. */
  readonly peakMb: number;
}

/** The backtest as `npm run backtest` runs it, timed by contender. */
export async function backtestOurs(request: {
  readonly dataset: Dataset;
  readonly options: TrainingOptions;
  readonly xgboost: Xgboost;
  readonly onProgress: ReportProgress;
}): Promise<OurBacktest> {
  const { dataset, options, xgboost, onProgress } = request;
  const { origins, firstOrigin, fitContext } = openBacktest(dataset, options, xgboost);
  const { series } = fitContext;
  const { recipe } = await resolveRecipe(fitContext, options, firstOrigin, onProgress);
  const cpuSeconds: Record<string, number> = {};
  const contenders = [fittedContender(MODEL, fitContext, recipe), ...baselineContenders(series)].map(
    (contender) => clocked(contender, cpuSeconds),
  );
  const results = await runBacktest(series, origins, contenders, onProgress);
  return { series, recipe, results, cpuSeconds, peakMb: process.resourceUsage().maxRSS / 1024 };
}

function clocked({ name, forecast }: Contender, cpuSeconds: Record<string, number>): Contender {
  return {
    name,
    async forecast(origin, onProgress) {
      const started = userSeconds();
      const forecasts = await forecast(origin, onProgress);
      cpuSeconds[name] = (cpuSeconds[name] ?? 0) + userSeconds() - started;
      return forecasts;
    },
  };
}

/** User CPU of this process, in seconds. */
export function userSeconds(): number {
  return process.cpuUsage().user / 1e6;
}
