import { toIsoDate } from '../../../shared/calendar/day-number.ts';
import { MODEL } from '../../../shared/schemas/contender-names.ts';
import { decimal, percent } from '../../../workers/trainer/evaluate/backtest-report/format.ts';
import type { ComparedContender, Comparison } from './compare-peers.ts';

const HEAD = [
  'contender',
  'RMSLE, mean',
  'median',
  'WAPE',
  '16-day sums',
  'bias',
  'ours better',
  'CPU s',
  'MB',
] as const;

/** The comparison as a Markdown table, also for the terminal. */
export function comparisonTable({ contenders, windows }: Comparison): string {
  const ours = contenders.find(({ name }) => name === MODEL);
  const rows = contenders.map((contender) => {
    const { name, scores, cpuSeconds, peakMb } = contender;
    return [
      name === MODEL ? 'ours' : name,
      decimal(scores.rmsle, 4),
      decimal(scores.rmsle_median, 4),
      percent(scores.wape),
      percent(scores.wape_sums),
      decimal(scores.bias, 3),
      name === MODEL || !ours ? '' : `${windowsWon(ours, contender)} of ${windows.length}`,
      decimal(cpuSeconds, 1),
      peakMb === null ? '' : decimal(peakMb, 0),
    ];
  });
  const widths = HEAD.map((title, c) => Math.max(title.length, ...rows.map((row) => row[c]?.length ?? 0)));
  const line = (cells: readonly string[]) =>
    `| ${cells.map((cell, c) => (c === 0 ? cell.padEnd(widths[c] ?? 0) : cell.padStart(widths[c] ?? 0))).join(' | ')} |`;
  const rule = `| ${widths.map((width, c) => (c === 0 ? '-'.repeat(width) : `${'-'.repeat(width - 1)}:`)).join(' | ')} |`;
  return [line(HEAD), rule, ...rows.map(line)].join('\n');
}

/** The heading of the table, and the meaning of its columns. */
export function comparisonNotes(comparison: Comparison, seed: number): string {
  const { windows, seriesCount, scoredCount, contenders } = comparison;
  const points = windows.reduce((sum, { actual }) => sum + actual.length, 0);
  const first = windows[0]?.origin ?? 0;
  const last = windows.at(-1)?.origin ?? 0;
  const sampled =
    scoredCount < seriesCount
      ? `a stratified sample of ${scoredCount} of ${seriesCount} series`
      : `${seriesCount} series`;
  const replaced = contenders.filter((contender) => contender.replaced > 0);
  return [
    `${points} points of ${sampled} (seed ${seed}), the same for every contender, in ${windows.length} windows of 16 days ` +
      `after ${toIsoDate(first)} to ${toIsoDate(last)}; every contender is refitted before each window.`,
    'RMSLE, WAPE by day and WAPE of 16-day sums are means over the windows; bias is sum(forecast) / sum(sold); ' +
      '"ours better" counts windows by RMSLE. CPU is user time of fits and forecasts; MB is the peak of the process, ours with the dataset read.',
    'ours, direct_lightgbm and mlforecast_lightgbm learn from all series, the others from the series that they forecast. ' +
      'Peers need every day: one that is not known is filled with the same weekday of the week before. Peers have one ' +
      'figure for median and mean; the two LightGBM are fitted on log1p(units).',
    ...replaced.map(
      ({ name, replaced: count }) =>
        `${name} could not forecast ${count} times a series: the seasonal naive forecast stands in.`,
    ),
  ].join('\n\n');
}

function windowsWon(ours: ComparedContender, other: ComparedContender): number {
  const theirs = other.scores.rmsle_by_window;
  return ours.scores.rmsle_by_window.filter((rmsle, w) => rmsle < (theirs[w] ?? Number.NaN)).length;
}

/** The comparison as a JSON object. */
export function comparisonJson({ windows, seriesCount, scoredCount, contenders }: Comparison, seed: number) {
  return {
    series: seriesCount,
    scored_series: scoredCount,
    seed,
    windows: windows.map(({ origin, actual }) => ({ origin: toIsoDate(origin), points: actual.length })),
    contenders: Object.fromEntries(
      contenders.map(({ name, scores, cpuSeconds, peakMb, replaced }) => [
        name,
        { ...scores, cpu_seconds: cpuSeconds, peak_mb: peakMb, replaced },
      ]),
    ),
  };
}
