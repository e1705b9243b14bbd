import Table from 'cli-table3';
import { toDayNumber, toIsoDate } from '../../../../shared/calendar/day-number.ts';
import { MODEL } from '../../../../shared/schemas/contender-names.ts';
import { type BacktestRun, windowSpan } from '../backtest-dataset.ts';
import {
  type AlternativeScores,
  type BacktestSummary,
  bestContender,
  type Coverage,
} from '../backtest-summary.ts';
import { decimal, fiveDecimals, fiveDecimalsOrNull, percent, scoreText } from './format.ts';

/** The subject of a backtest, in one line. */
export function backtestSubtitle({ fitContext, summary, recipe }: BacktestRun): string {
  const { series, xgboost } = fitContext;
  const history = series[0]?.history;
  const days = history
    ? `${toIsoDate(history.firstDay)}..${toIsoDate(history.firstDay + history.milliUnits.length - 1)}, `
    : '';
  return (
    `${series.length} series, ${days}${summary.windows.length} windows, ` +
    (recipe.isSmoothing
      ? 'exponential smoothing alone'
      : `${recipe.rounds} trees of depth ${recipe.params.max_depth}, XGBoost ${xgboost.version}`)
  );
}

/** The backtest as a text table: a line per window, RMSLE and WAPE of every contender, and the winner. */
export function backtestTable(summary: BacktestSummary): string {
  const { contenders, windows, means, pooled, windowsWon, coverage80 } = summary;
  const table = new Table({
    head: ['window', ...contenders.map((name) => `${name}\nRMSLE / WAPE`), 'best', '80 % interval\ncovers'],
    colAligns: ['left', ...contenders.map(() => 'right' as const), 'left', 'right'],
    style: { head: [], border: [] },
  });
  for (const window of windows) {
    table.push([
      windowSpan(toDayNumber(window.origin), summary.windowDays),
      ...contenders.map((name) => scoreText(window.scores[name])),
      bestContender(window.scores),
      window.coverage80 === null ? '-' : percent(window.coverage80),
    ]);
  }
  const wins = `model ${windowsWon} of ${windows.length}`;
  table.push(['mean', ...contenders.map((name) => scoreText(means[name])), wins, percent(coverage80)]);
  table.push(['all points', ...contenders.map((name) => scoreText(pooled[name])), '', '']);
  return `${table.toString()}\n${alternativesTable(summary)}${coverageText(summary)}`;
}

/** The contenders for information, a line each, below the model's; empty without any. */
function alternativesTable({ alternatives, windows, means }: BacktestSummary): string {
  const entries = Object.entries(alternatives);
  const model = means[MODEL];
  if (entries.length === 0 || !model) return '';
  const head = ALTERNATIVE_COLUMNS;
  const table = new Table({
    head: [...head],
    colAligns: head.map((_, i) => (i === 0 ? 'left' : 'right')),
    style: { head: [], border: [], compact: true },
  });
  table.push([MODEL, decimal(model.rmsle, 4), percent(model.wape), percent(model.sum_wape), '']);
  for (const [name, scores] of entries) table.push([name, ...alternativeCells(scores, windows.length)]);
  return `${table.toString()}\n`;
}

export const ALTERNATIVE_COLUMNS = [
  'for information',
  'mean RMSLE',
  'mean WAPE',
  "WAPE of a window's sums",
  'better than the model',
] as const;

/** The figures of an alternative, in the order of `ALTERNATIVE_COLUMNS`. */
export function alternativeCells(
  { rmsle, wape, sum_wape, windowsBetter }: AlternativeScores,
  windows: number,
): string[] {
  return [decimal(rmsle, 4), percent(wape), percent(sum_wape), `${windowsBetter} of ${windows} windows`];
}

function coverageText({ coverage: { daily, cumulative } }: BacktestSummary): string {
  const text = ({ others, earlier }: Coverage) =>
    `${percent(others)}, from earlier windows only ${percent(earlier)}`;
  return `80 % intervals cover: of days ${text(daily)}; of days 1..h together ${text(cumulative)}`;
}

/** The backtest as a JSON object; scores are means over the windows. */
export function backtestJson({
  means,
  pooled,
  alternatives,
  windowsWon,
  windows,
  coverage,
}: BacktestSummary): BacktestJson {
  const scoresOf = (name: string) => ({
    rmsle: fiveDecimals(means[name]?.rmsle ?? Number.NaN),
    wape: fiveDecimals(means[name]?.wape ?? Number.NaN),
    sum_wape: fiveDecimalsOrNull(means[name]?.sum_wape ?? Number.NaN),
    mean_ratio: fiveDecimalsOrNull(pooled[name]?.mean_ratio ?? Number.NaN),
  });
  return {
    ...scoresOf(MODEL),
    windows: windows.length,
    windows_won: windowsWon,
    coverage80: fiveDecimals(coverage.daily.others),
    coverage80_earlier: fiveDecimalsOrNull(coverage.daily.earlier),
    served_coverage80: fiveDecimalsOrNull(coverage.served.others),
    cumulative_coverage80: fiveDecimalsOrNull(coverage.cumulative.others),
    cumulative_coverage80_earlier: fiveDecimalsOrNull(coverage.cumulative.earlier),
    baselines: Object.fromEntries(
      Object.keys(means)
        .filter((name) => name !== MODEL)
        .map((name) => [name, scoresOf(name)]),
    ),
    alternatives: Object.fromEntries(
      Object.entries(alternatives).map(([name, { rmsle, wape, sum_wape, mean_ratio, windowsBetter }]) => [
        name,
        {
          rmsle: fiveDecimals(rmsle),
          wape: fiveDecimals(wape),
          sum_wape: fiveDecimalsOrNull(sum_wape),
          mean_ratio: fiveDecimalsOrNull(mean_ratio ?? Number.NaN),
          windows_better: windowsBetter,
        },
      ]),
    ),
  };
}

interface ContenderJson {
  /** Of the median: mean over the windows. */
  readonly rmsle: number;
  readonly wape: number;
  /** WAPE of the mean's 16-day sums: mean over the windows. */
  readonly sum_wape: number | null;
  /** Sum of the means over the sum of sales, over all points. */
  readonly mean_ratio: number | null;
}

interface AlternativeJson extends ContenderJson {
  /** Windows in which its RMSLE is below the model's. */
  readonly windows_better: number;
}

export interface BacktestJson extends ContenderJson {
  readonly windows: number;
  /** Windows in which the model's RMSLE is below every baseline's. */
  readonly windows_won: number;
  /**
   * Coverage of days by their 80 % interval, calibrated on the other windows; the next three are null for too few
   * windows.
   */
  readonly coverage80: number;
  /** The same with intervals calibrated on earlier windows only. */
  readonly coverage80_earlier: number | null;
  /** As `coverage80`, with quantiles as they are served: whole where demand is, so that coverage is higher. */
  readonly served_coverage80: number | null;
  /** As the first two, for the demand of days 1..h together. */
  readonly cumulative_coverage80: number | null;
  readonly cumulative_coverage80_earlier: number | null;
  readonly baselines: Readonly<Record<string, ContenderJson>>;
  /** Contenders for information, which count for nothing in `windows_won`. */
  readonly alternatives: Readonly<Record<string, AlternativeJson>>;
}
