import type { GateCheck, PairedWindow } from '../../../../shared/artifacts/decision.ts';
import { meanOf } from '../../data/averages.ts';
import { changeText, check, errorRatio, errorText, ratioText, windowRatio } from './check.ts';
import type { GateRules } from './rules.ts';

/** The champion that a challenger is compared with. */
export interface ChampionFacts extends TieHistory {
  readonly version: string;
  readonly windows: readonly PairedWindow[];
  /** Whether the challenger was trained on days that the champion was not. */
  readonly isOlder: boolean;
  /** Windows that the history has room for, if that is fewer than the rules require. */
  readonly roomFor?: number;
}

/** The result of a paired comparison. */
export interface PairsVerdict {
  readonly checks: readonly GateCheck[];
  /** `TieHistory.tiedLoss` of the challenger if it goes into service. */
  readonly tiedLoss: number;
}

/**
 * Compares a challenger with the champion on the same windows: the mean must be better, most windows won, and the
 * worst not much worse. A history with room for fewer windows than the rules require is judged by those it has.
 */
export function checkPairs(comparedChampion: ChampionFacts, rules: GateRules): PairsVerdict {
  const { windows, version } = comparedChampion;
  const needed = Math.min(rules.min_windows, Math.max(1, comparedChampion.roomFor ?? rules.min_windows));
  if (windows.length < needed) {
    const detail = `only ${windows.length} windows can be compared with champion ${version} (at least ${needed})`;
    return { checks: [check('windows', false, detail)], tiedLoss: 0 };
  }
  const mine = meanOf(windows.map(({ challenger }) => challenger));
  const theirs = meanOf(windows.map(({ champion }) => champion));
  const meanRatio = mine / theirs;
  const text = `mean RMSLE ${errorText(mine)} against ${errorText(theirs)} of champion ${version} (${changeText(meanRatio - 1)})`;
  const isTied = isTie(meanRatio, rules);
  const mean = isTied
    ? checkTie(text, meanRatio, comparedChampion, rules)
    : [checkGain(text, meanRatio, rules)];
  return {
    checks: [...mean, checkWins(windows, rules), checkWorst(windows, rules)],
    tiedLoss: isTied ? lossWithTie(meanRatio, comparedChampion) : 0,
  };
}

/** The sources of the champion's errors, in words: newly measured windows say more than those known the night before. */
export function measuredText(windows: readonly PairedWindow[]): string {
  const newlyMeasured = windows.filter(({ source }) => source !== 'recorded');
  const newest = newlyMeasured.at(-1)?.origin;
  const which = newest === undefined ? '' : `, the last of them after ${newest}`;
  const others =
    newlyMeasured.length === windows.length ? '' : "; the others are those of the champion's own backtest";
  return `${newlyMeasured.length} of ${windows.length} windows newly measured${which}${others}`;
}

function checkGain(text: string, meanRatio: number, { min_gain }: GateRules): GateCheck {
  const needed = min_gain > 0 ? `; more than ${(100 * min_gain).toFixed(1)} % better needed` : '';
  return check('mean', meanRatio < 1 - min_gain, `${text}${needed}`);
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
      ? `; the history has room for no more windows, so one lucky day counts for much`
      : '';
  const detail = `${won} of ${decided} windows won, ${tied} tied (more than ${Math.round(100 * min_win_share)} % needed)${few}`;
  if (decided === 0) return { name: 'windows', outcome: 'tied', detail: `all ${tied} windows tied` };
  return check('windows', won > min_win_share * decided, detail);
}

function checkWorst(windows: readonly PairedWindow[], { max_worst_ratio }: GateRules): GateCheck {
  // NaN must not be skipped: it is the worst of all.
  const rank = (window: PairedWindow) =>
    Number.isNaN(windowRatio(window)) ? Number.POSITIVE_INFINITY : windowRatio(window);
  const worst = windows.reduce((left, right) => (rank(right) > rank(left) ? right : left));
  return check(
    'worst-window',
    windowRatio(worst) <= max_worst_ratio,
    `on the worst window, after ${worst.origin}, the error is ${ratioText(windowRatio(worst))} times the champion's (at most ${max_worst_ratio})`,
  );
}

/** The ties by which a champion went into service, together. */
export interface TieHistory {
  /** The share by which its error may lie above that of the last model that won: the loss of those ties. */
  readonly tiedLoss: number;
}

/** Whether a ratio of means is a tie. Where the rules require a gain, nothing is: a tie is no gain. */
export function isTie(meanRatio: number, { tie, min_gain }: GateRules): boolean {
  return min_gain === 0 && Math.abs(meanRatio - 1) <= tie;
}

/** The loss since the last real win including this tie; gains are not accumulated. */
export function lossWithTie(meanRatio: number, { tiedLoss }: TieHistory): number {
  return Math.max(0, (1 + tiedLoss) * meanRatio - 1);
}

/**
 * The checks of a tie, which goes to the challenger if it was trained on newer days, because these are its
 * advantage. It does not when small losses add up from tie to tie, nor when the newest days are unlike all before
 * them: training on a broken export is no advantage.
 *
 * @param text the means, in words
 * @param windows at least one
 */
export function checkTie(
  text: string,
  meanRatio: number,
  {
    windows,
    isOlder,
    ...history
  }: TieHistory & {
    readonly windows: readonly PairedWindow[];
    /** Whether the challenger was trained on days that the champion was not. */
    readonly isOlder: boolean;
  },
  rules: GateRules,
): GateCheck[] {
  const loss = lossWithTie(meanRatio, history);
  if (loss > rules.tie) {
    const sum = `with the ties before it ${changeText(loss, 2)} since the last real win (at most ${changeText(rules.tie, 2)})`;
    return [check('mean', false, `${text}: a tie, but ${sum}`)];
  }
  const mean: GateCheck = { name: 'mean', outcome: 'tied', detail: `${text}: a tie` };
  if (!isOlder) {
    return [mean, check('newer-days', false, `${text}: a tie, and the challenger knows no newer days`)];
  }
  return [mean, checkNewestDays(windows, rules)];
}

function checkNewestDays(windows: readonly PairedWindow[], { max_newest_ratio }: GateRules): GateCheck {
  const learned = 'the challenger has learned from newer days';
  const [newest, ...others] = [...windows].sort((left, right) => (left.origin < right.origin ? 1 : -1));
  if (!newest || others.length === 0) return check('newer-days', true, learned);
  const ratio = errorRatio(newest.challenger, meanOf(others.map(({ challenger }) => challenger)));
  const measured = `on the newest window, after ${newest.origin}, the error is ${ratioText(ratio)} times the mean of the others`;
  return ratio <= max_newest_ratio
    ? check('newer-days', true, learned)
    : check(
        'newer-days',
        false,
        `a tie, but the newest days are unlike those before: ${measured} (at most ${max_newest_ratio}); ` +
          'if these days are right, promote it by hand',
      );
}
