import Table from 'cli-table3';
import { toDayNumber, toIsoDate } from '../../../shared/calendar/day-number.ts';
import { HORIZON } from '../../../shared/features/index.ts';
import type { BacktestWindow, Score } from '../../../shared/schemas/manifest.ts';
import { type BacktestSummary, bestContender, CONTENDERS } from '../backtest/summarize.ts';

/** The backtest as a table for people: a line per window, RMSLE and WAPE of every contender, who won. */
export function backtestTable({ windows, means, pooled, windowsWon, coverage80 }: BacktestSummary): string {
  const table = new Table({
    head: ['window', ...CONTENDERS.map((name) => `${name}\nRMSLE / WAPE`), 'best', '80 % interval\ncovers'],
    colAligns: ['left', ...CONTENDERS.map(() => 'right' as const), 'left', 'right'],
    style: { head: [], border: [] },
  });
  for (const window of windows) {
    table.push([
      spanOf(window),
      ...CONTENDERS.map((name) => cell(window.scores[name])),
      bestContender(window.scores),
      window.coverage80 === null ? '-' : percent(window.coverage80),
    ]);
  }
  const wins = `model ${windowsWon} of ${windows.length}`;
  table.push(['mean', ...CONTENDERS.map((name) => cell(means[name])), wins, percent(coverage80)]);
  table.push(['all points', ...CONTENDERS.map((name) => cell(pooled[name])), '', '']);
  return table.toString();
}

/** The backtest as one object for programs; scores are means over the windows. */
export function backtestJson({
  means,
  windowsWon,
  windows,
  coverage80,
}: BacktestSummary): Record<string, unknown> {
  const { model, ...baselines } = means;
  return {
    rmsle: round(model.rmsle),
    wape: round(model.wape),
    windows: windows.length,
    windows_won: windowsWon,
    coverage80: round(coverage80),
    baselines: Object.fromEntries(
      Object.entries(baselines).map(([name, { rmsle, wape }]) => [
        name,
        { rmsle: round(rmsle), wape: round(wape) },
      ]),
    ),
  };
}

function spanOf({ origin }: BacktestWindow): string {
  const day = toDayNumber(origin);
  return `${toIsoDate(day + 1)}..${toIsoDate(day + HORIZON)}`;
}

function cell(score: Pick<Score, 'rmsle' | 'wape'> | undefined): string {
  return score ? `${score.rmsle.toFixed(4)} / ${percent(score.wape)}` : '-';
}

function percent(share: number): string {
  return `${(100 * share).toFixed(1)} %`;
}

function round(value: number): number {
  return Math.round(value * 1e5) / 1e5;
}
