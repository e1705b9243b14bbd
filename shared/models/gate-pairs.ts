import type { GateCheck, PairedWindow } from './decision.ts';
import { changeText, check, decimal, meanOf, ratioText, windowRatio } from './gate-check.ts';
import type { GateRules } from './gate-rules.ts';
import { checkTie, isTie, lossWithTie, type TieHistory } from './gate-tie.ts';

/** The champion that a challenger is compared with. */
export interface RivalFacts extends TieHistory {
  readonly version: string;
  readonly windows: readonly PairedWindow[];
  /** Whether the challenger has learned from days that the champion has not seen. */
  readonly isOlder: boolean;
  /** Windows that the history has room for, where that is fewer than the rules ask for. */
  readonly roomFor?: number;
}

/** What a comparison in pairs has found. */
export interface PairsVerdict {
  readonly checks: readonly GateCheck[];
  /** `TieHistory.tiedLoss` of the challenger, should it go into service. */
  readonly tiedLoss: number;
}

/**
 * Compares a challenger with the champion on the same windows: the mean must be better, most windows won, and the worst
 * not much worse. A history that has room for fewer windows than the rules ask for is judged by those it has.
 */
export function checkPairs(rival: RivalFacts, rules: GateRules): PairsVerdict {
  const { windows, version } = rival;
  const needed = Math.min(rules.min_windows, Math.max(1, rival.roomFor ?? rules.min_windows));
  if (windows.length < needed) {
    const detail = `only ${windows.length} windows can be compared with champion ${version} (at least ${needed})`;
    return { checks: [check('windows', false, detail)], tiedLoss: 0 };
  }
  const mine = meanOf(windows.map(({ challenger }) => challenger));
  const theirs = meanOf(windows.map(({ champion }) => champion));
  const meanRatio = mine / theirs;
  const told = `mean RMSLE ${decimal(mine)} against ${decimal(theirs)} of champion ${version} (${changeText(meanRatio - 1)})`;
  const isTied = isTie(meanRatio, rules);
  const mean = isTied ? checkTie(told, meanRatio, rival, rules) : [checkGain(told, meanRatio, rules)];
  return {
    checks: [...mean, checkWins(windows, rules), checkWorst(windows, rules)],
    tiedLoss: isTied ? lossWithTie(meanRatio, rival) : 0,
  };
}

/** Where the champion's errors come from, in words: what is measured anew says more than what was known the night before. */
export function measuredText(windows: readonly PairedWindow[]): string {
  const anew = windows.filter(({ source }) => source !== 'recorded');
  const newest = anew.at(-1)?.origin;
  const which = newest === undefined ? '' : `, the last of them after ${newest}`;
  const others =
    anew.length === windows.length ? '' : "; the others are as the champion's own backtest has them";
  return `${anew.length} of ${windows.length} windows newly measured${which}${others}`;
}

function checkGain(told: string, meanRatio: number, { min_gain }: GateRules): GateCheck {
  const needed = min_gain > 0 ? `; more than ${(100 * min_gain).toFixed(1)} % better needed` : '';
  return check('mean', meanRatio < 1 - min_gain, `${told}${needed}`);
}

function checkWins(
  windows: readonly PairedWindow[],
  { tie, min_win_share, min_windows }: GateRules,
): GateCheck {
  const won = windows.filter((window) => windowRatio(window) < 1 - tie).length;
  const tied = windows.filter((window) => Math.abs(windowRatio(window) - 1) <= tie).length;
  const decided = windows.length - tied;
  const few =
    windows.length < min_windows
      ? `; the history has room for no more windows, one lucky day counts much`
      : '';
  const detail = `${won} of ${decided} windows won, ${tied} tied (more than ${Math.round(100 * min_win_share)} % needed)${few}`;
  if (decided === 0) return { name: 'windows', outcome: 'tied', detail: `all ${tied} windows tied` };
  return check('windows', won > min_win_share * decided, detail);
}

function checkWorst(windows: readonly PairedWindow[], { max_worst_ratio }: GateRules): GateCheck {
  // NaN must not be passed over: it is the worst of all.
  const rank = (window: PairedWindow) =>
    Number.isNaN(windowRatio(window)) ? Number.POSITIVE_INFINITY : windowRatio(window);
  const worst = windows.reduce((left, right) => (rank(right) > rank(left) ? right : left));
  return check(
    'worst-window',
    windowRatio(worst) <= max_worst_ratio,
    `on the worst window, after ${worst.origin}, the error is ${ratioText(windowRatio(worst))} times the champion's (at most ${max_worst_ratio})`,
  );
}
