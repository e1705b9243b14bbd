import Table from 'cli-table3';
import { toIsoDate } from '../../../shared/calendar/day-number.ts';
import type { Score } from '../../../shared/schemas/manifest.ts';
import { decimal, fiveDecimals, percent } from '../evaluate/backtest-report/format.ts';
import { meanOfKnown } from '../evaluate/backtest-summary.ts';
import { scoreOf } from '../evaluate/metrics.ts';
import { pointsBy, type WindowResult } from '../evaluate/window-result.ts';

/** The errors of one contender on each window, by the window's origin. */
export interface WindowScores {
  readonly origin: string;
  readonly scores: Readonly<Record<string, Pick<Score, 'rmsle' | 'wape'>>>;
}

/** A contender compared with another, window by window. */
export interface PairedScores {
  readonly name: string;
  /** Means over the windows; that of WAPE over those with sales. */
  readonly rmsle: number;
  readonly wape: number;
  /** Mean difference from the contender compared with; below 0 the other is better. */
  readonly rmsleDifference: number;
  readonly wapeDifference: number;
  /** Windows in which the other's RMSLE is lower. */
  readonly windowsWon: number;
  /** The worst window of the other: the greatest difference in RMSLE. */
  readonly worst: { readonly origin: string; readonly rmsleDifference: number };
}

/**
 * Pairs two contenders by window: windows differ far more among themselves than contenders on one window do.
 *
 * @param windows at least one
 * @throws {RangeError} when a window lacks the scores of either
 */
export function pairScores(windows: readonly WindowScores[], reference: string, other: string): PairedScores {
  const pairs = windows.map(({ origin, scores }) => {
    const [left, right] = [scores[reference], scores[other]];
    if (!left || !right) throw new RangeError(`window ${origin} lacks "${left ? other : reference}"`);
    return {
      origin,
      ...right,
      rmsleDifference: right.rmsle - left.rmsle,
      wapeDifference: left.wape === null || right.wape === null ? null : right.wape - left.wape,
    };
  });
  const mean = (of: (pair: (typeof pairs)[number]) => number | null) => meanOfKnown(pairs.map(of));
  const worst = pairs.reduce((left, right) => (right.rmsleDifference > left.rmsleDifference ? right : left));
  return {
    name: other,
    rmsle: mean(({ rmsle }) => rmsle),
    wape: mean(({ wape }) => wape),
    rmsleDifference: mean(({ rmsleDifference }) => rmsleDifference),
    wapeDifference: mean(({ wapeDifference }) => wapeDifference),
    windowsWon: pairs.filter(({ rmsleDifference }) => rmsleDifference < 0).length,
    worst: { origin: worst.origin, rmsleDifference: worst.rmsleDifference },
  };
}

/** The errors of every contender on every window. */
export function scoreWindows(results: readonly WindowResult[]): WindowScores[] {
  return results.map((result) => ({
    origin: toIsoDate(result.origin),
    scores: Object.fromEntries(
      Object.keys(result.predicted).map((name) => [name, scoreOf(pointsBy(result, name))]),
    ),
  }));
}

/**
 * Contenders and the one they are compared with, whose means are the first line. Differences below 0 favour the
 * contender of the line.
 */
export function pairedTable(
  reference: { readonly name: string; readonly rmsle: number; readonly wape: number },
  others: readonly PairedScores[],
  windows: number,
): string {
  const table = new Table({
    head: ['', 'RMSLE', 'WAPE', 'RMSLE\ndifference', 'WAPE\ndifference', 'windows\nbetter', 'worst window'],
    colAligns: ['left', 'right', 'right', 'right', 'right', 'right', 'left'],
    style: { head: [], border: [], compact: true },
  });
  table.push([reference.name, decimal(reference.rmsle, 4), percent(reference.wape), '', '', '', '']);
  for (const { name, rmsle, wape, rmsleDifference, wapeDifference, windowsWon, worst } of others) {
    table.push([
      name,
      decimal(rmsle, 4),
      percent(wape),
      signed(rmsleDifference, 4),
      `${signed(100 * wapeDifference, 2)} %`,
      `${windowsWon} of ${windows}`,
      `${signed(worst.rmsleDifference, 4)} after ${worst.origin}`,
    ]);
  }
  return table.toString();
}

/** The comparison as JSON. */
export function pairedJson(others: readonly PairedScores[]): Record<string, unknown>[] {
  return others.map(({ name, rmsle, wape, rmsleDifference, wapeDifference, windowsWon, worst }) => ({
    name,
    rmsle: fiveDecimals(rmsle),
    wape: fiveDecimals(wape),
    rmsle_difference: fiveDecimals(rmsleDifference),
    wape_difference: fiveDecimals(wapeDifference),
    windows_won: windowsWon,
    worst_window: { origin: worst.origin, rmsle_difference: fiveDecimals(worst.rmsleDifference) },
  }));
}

function signed(value: number, digits: number): string {
  return `${value > 0 ? '+' : ''}${decimal(value, digits)}`;
}
