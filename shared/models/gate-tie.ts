import type { GateCheck, PairedWindow } from './decision.ts';
import { check, errorRatio, meanOf, ratioText } from './gate-check.ts';
import type { GateRules } from './gate-rules.ts';

/**
 * The checks of a tie, which goes to the challenger if it has learned from newer days, for they are what it is better by.
 * Not so when the newest days are unlike all before them: to have learned from an export that went wrong is no advantage.
 *
 * @param told the means, in words
 * @param windows at least one
 */
export function checkTie(
  told: string,
  {
    windows,
    isOlder,
  }: {
    readonly windows: readonly PairedWindow[];
    /** Whether the challenger has learned from days that the champion has not seen. */
    readonly isOlder: boolean;
  },
  rules: GateRules,
): GateCheck[] {
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
