import type { ChampionBody } from '../../../shared/schemas/api/champion.ts';
import { MODEL, SAME_WEEKDAY_MEAN_4, SEASONAL_NAIVE } from '../../../shared/schemas/contender-names.ts';
import { formatPercent, formatScore } from '../lib/format/numbers.ts';

export type Metric = 'rmsle' | 'wape';

export interface AccuracyRow {
  /** Origin of the window, a date. */
  readonly origin: string;
  /** Contender to its error; a contender without a score has none. */
  readonly errors: Readonly<Record<string, number>>;
  /** The model's error is below every baseline's. */
  readonly won: boolean;
  readonly coverage: number | null;
}

export interface AccuracyView {
  /** Contenders other than the model, best first. */
  readonly baselines: readonly string[];
  readonly pooled: Readonly<Record<string, number>>;
  /** Newest window first. */
  readonly rows: readonly AccuracyRow[];
  readonly won: number;
  /** Reduction of the model's pooled error against the best baseline's, as a share of the latter. */
  readonly gain: number | null;
  /** Share of values inside the 80 % interval, over all windows that have it. */
  readonly coverage: number | null;
  /** The largest error of any contender in any window. */
  readonly largest: number;
}

export function buildAccuracyView(backtest: ChampionBody['backtest'], metric: Metric): AccuracyView {
  const pooled = errorsOf(backtest.pooled, metric);
  const ranked = Object.entries(pooled)
    .filter(([name]) => name !== MODEL)
    .toSorted(([, left], [, right]) => left - right);
  const baselines = ranked.map(([name]) => name);
  const rows = backtest.windows
    .map((window) => {
      const errors = errorsOf(window.scores, metric);
      const own = errors[MODEL] ?? Number.POSITIVE_INFINITY;
      const byError = baselines.flatMap((name) => errors[name] ?? []);
      const won = byError.length > 0 && byError.every((error) => own < error);
      return { origin: window.origin, errors, won, coverage: window.coverage80 };
    })
    .toSorted((left, right) => right.origin.localeCompare(left.origin));
  const own = pooled[MODEL];
  const best = ranked[0]?.[1];
  return {
    baselines,
    pooled,
    rows,
    won: rows.filter((row) => row.won).length,
    gain: own === undefined || !best ? null : 1 - own / best,
    coverage: coverageOf(backtest.windows),
    largest: Math.max(0, ...rows.flatMap((row) => Object.values(row.errors))),
  };
}

function errorsOf(
  scores: ChampionBody['backtest']['pooled'],
  metric: Metric,
): Readonly<Record<string, number>> {
  return Object.fromEntries(
    Object.entries(scores).flatMap(([name, score]) => {
      const error = score[metric];
      return error === null ? [] : [[name, error]];
    }),
  );
}

/** Windows are weighted by their points. */
function coverageOf(windows: ChampionBody['backtest']['windows']): number | null {
  let covered = 0;
  let points = 0;
  for (const window of windows) {
    const count = window.scores[MODEL]?.count ?? 0;
    if (window.coverage80 === null) continue;
    covered += window.coverage80 * count;
    points += count;
  }
  return points === 0 ? null : covered / points;
}

const NAMES: Readonly<Record<string, string>> = {
  [MODEL]: 'Model',
  [SEASONAL_NAIVE]: 'Last week',
  [SAME_WEEKDAY_MEAN_4]: '4-week mean',
};

/** A contender's name for people: `seasonal_naive` is the forecast that repeats last week. */
export function contenderName(contender: string): string {
  const words = contender.replace(/[_-]+/g, ' ').trim();
  return NAMES[contender] ?? words.charAt(0).toUpperCase() + words.slice(1);
}

export const METRIC_NAMES: Readonly<Record<Metric, string>> = {
  rmsle: 'RMSLE',
  wape: 'WAPE',
};

/** The same with plain words. */
export const METRIC_LABELS: Readonly<Record<Metric, string>> = {
  rmsle: 'Relative error (RMSLE)',
  wape: 'Share of units missed (WAPE)',
};

export function formatError(value: number | undefined, metric: Metric): string {
  return metric === 'wape' ? formatPercent(value) : formatScore(value);
}
