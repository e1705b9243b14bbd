import type { GateCheck, PairedWindow } from './decision.ts';
import { changeText, check, errorRatio, meanOf, ratioText } from './gate-check.ts';
import type { GateRules } from './gate-rules.ts';

/** Ties that a champion went into service by, all together. */
export interface TieHistory {
  /** By what share its error may lie above that of the last model that really won: what those ties have lost. */
  readonly tiedLoss: number;
}

/**
 * Whether a ratio of means is a tie. Where a gain is asked for, nothing is: a tie is no gain.
 */
export function isTie(meanRatio: number, { tie, min_gain }: GateRules): boolean {
  return min_gain === 0 && Math.abs(meanRatio - 1) <= tie;
}

/** What is lost since the last real win once this tie is added; gains are not saved up. */
export function lossWithTie(meanRatio: number, { tiedLoss }: TieHistory): number {
  return Math.max(0, (1 + tiedLoss) * meanRatio - 1);
}

/**
 * The checks of a tie, which goes to the challenger if it has learned from newer days, for they are what it is better by.
 * Not so when small losses add up from tie to tie, nor when the newest days are unlike all before them: to have learned
 * from an export that went wrong is no advantage.
 *
 * @param told the means, in words
 * @param windows at least one
 */
export function checkTie(
  told: string,
  meanRatio: number,
  {
    windows,
    isOlder,
    ...history
  }: TieHistory & {
    readonly windows: readonly PairedWindow[];
    /** Whether the challenger has learned from days that the champion has not seen. */
    readonly isOlder: boolean;
  },
  rules: GateRules,
): GateCheck[] {
  const loss = lossWithTie(meanRatio, history);
  if (loss > rules.tie) {
    const sum = `with the ties before it ${changeText(loss, 2)} since a model has really won (at most ${changeText(rules.tie, 2)})`;
    return [check('mean', false, `${told}: a tie, but ${sum}`)];
  }
  const mean: GateCheck = { name: 'mean', outcome: 'tied', detail: `${told}: a tie` };
  if (!isOlder) {
    return [mean, check('newer-days', false, `${told}: a tie, and the challenger knows no newer days`)];
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
