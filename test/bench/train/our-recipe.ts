/**
 * Our training as the nightly run does it, on the CSV files of a directory, which are read before the clock starts: the
 * rows of all features, sampled, and the fit. Prints one line of JSON, as seed_recipe.py does.
 *
 * usage: our-recipe.ts DIRECTORY ROWS ROUNDS THREADS PARAMS
 *
 * @module
 */
import { toIsoDate } from '../../../shared/calendar/day-number.ts';
import { loadDataset } from '../../../workers/trainer/data/import/load-dataset.ts';
import { PARAMETER_DEFAULTS } from '../../../workers/trainer/model/parameters.ts';
import { fitBooster, recipeOf, rowsOf } from '../../../workers/trainer/model/recipe.ts';
import { categoriesByLevel } from '../../../workers/trainer/model/series/categories-by-level.ts';
import { openPanelSeries } from '../../../workers/trainer/model/series/panel-series.ts';
import { findXgboost } from '../../../workers/trainer/model/xgboost/find-library.ts';

const [directory = '', maxRows, rounds, threadsText, params = '{}'] = process.argv.slice(2);
const threads = Number(threadsText);
const xgboost = await findXgboost(() => undefined);
const { dataset } = await loadDataset(
  { dataset: directory, timeTravel: false },
  toIsoDate(0),
  () => undefined,
);
const { panel } = dataset;
const lastDay = panel.firstDay + panel.dayCount - 1;
const recipe = recipeOf({ ...PARAMETER_DEFAULTS, seed: 1, max_rows: Number(maxRows) });

function clock(): { readonly wall: number; readonly cpu: number } {
  const { user, system } = process.cpuUsage();
  return { wall: performance.now() / 1000, cpu: (user + system) / 1e6 };
}

const started = clock();
const series = openPanelSeries(dataset, categoriesByLevel(dataset, lastDay));
const rows = rowsOf({ xgboost, series, threads }, recipe, lastDay);
const built = clock();
const booster = await fitBooster(xgboost, rows, {
  params: JSON.parse(params),
  rounds: Number(rounds),
  threads,
});
const fitted = clock();
booster[Symbol.dispose]();

process.stdout.write(
  `${JSON.stringify({
    built_rows: rows.count,
    columns: rows.columns,
    fitted_rows: rows.count,
    feature_seconds: built.wall - started.wall,
    feature_cpu_seconds: built.cpu - started.cpu,
    fit_seconds: fitted.wall - built.wall,
    fit_cpu_seconds: fitted.cpu - built.cpu,
    peak_mb: process.resourceUsage().maxRSS / 1024,
    xgboost: xgboost.version,
  })}\n`,
);
