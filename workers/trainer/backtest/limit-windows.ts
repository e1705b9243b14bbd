import type { Panel } from '../datasets/dataset.ts';
import { windowsThatFit } from './windows.ts';

/**
 * As many windows as the history has room for. Where there is none for one, the backtest says how many days it needs.
 *
 * @param lessSure what is made from the windows, for the note that there are fewer
 */
export function limitWindows(
  { firstDay, dayCount }: Pick<Panel, 'firstDay' | 'dayCount'>,
  windows: number,
  lessSure: string,
  onNote: (note: string) => void,
): number {
  const fitting = Math.max(1, windowsThatFit(firstDay, firstDay + dayCount - 1, windows));
  if (fitting < windows) {
    onNote(
      `The history of ${dayCount} days has room for ${fitting} backtest window${fitting === 1 ? '' : 's'} instead of ` +
        `${windows}: ${lessSure} are that much less sure.`,
    );
  }
  return fitting;
}
