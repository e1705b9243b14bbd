import type { Score } from '../../../shared/schemas/manifest.ts';
import { meanOfKnown } from './mean-of-known.ts';

/** The errors of one contender on each window, by the window's origin. */
export interface WindowScores {
  readonly origin: string;
  readonly scores: Readonly<Record<string, Pick<Score, 'rmsle' | 'wape'>>>;
}

/** What another contender is worth beside the one that it is compared with, window by window. */
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
  /** Where the other does worst by comparison: the greatest difference in RMSLE. */
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
