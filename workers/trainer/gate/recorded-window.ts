import { type DayNumber, toDayNumber } from '../../../shared/calendar/day-number.ts';
import type { BacktestWindow, Manifest, Score } from '../../../shared/schemas/manifest.ts';
import { MODEL } from '../backtest/contender.ts';

/** How far two scores of the same forecasts may lie apart: rounding. */
const SAME_SCORE = 1e-9;

/**
 * What a model's own backtest recorded of the window after `origin`.
 *
 * @param movedDays days by which the dataset's dates have been moved on since
 */
export function recordedWindow(
  { backtest }: Pick<Manifest, 'backtest'>,
  origin: DayNumber,
  movedDays: number,
): BacktestWindow | null {
  return backtest.windows.find((window) => toDayNumber(window.origin) + movedDays === origin) ?? null;
}

/**
 * Whether two backtests measured a window on the same sales: every baseline that both know has the same error there, over
 * as many points. A baseline learns nothing, so that its error depends on the sales alone.
 */
export function agreeOnBaselines(
  recorded: Readonly<Record<string, Score>>,
  now: Readonly<Record<string, Score>>,
): boolean {
  const shared = Object.keys(recorded).filter((name) => name !== MODEL && name in now);
  const isSame = (name: string) => {
    const [before, after] = [recorded[name], now[name]];
    return (
      before !== undefined &&
      after !== undefined &&
      Math.abs(before.rmsle - after.rmsle) <= SAME_SCORE &&
      before.count === after.count
    );
  };
  return shared.length > 0 && shared.every(isSame);
}
