import type { GateCheck } from '../../../../shared/artifacts/decision.ts';
import type { Hold } from '../../../../shared/schemas/manifest.ts';
import { check, ratioText } from './check.ts';
import { checkBaselines, type FirstModel } from './check-baselines.ts';
import { checkPairs, measuredText, type RivalFacts } from './check-champion.ts';
import type { GateRules } from './rules.ts';

/** What is known of a challenger that wants to go into service. */
export interface Candidacy extends FirstModel {
  /** The champion that it is compared with; null without one, or without one that this build can serve. */
  readonly rival: RivalFacts | null;
  /** That of the champion, who then stays whatever the challenger is worth; null for none. */
  readonly hold: Hold | null;
  /** Its forecasts of all series for the days ahead, and how many of them are absurd. */
  readonly ahead: ForecastsAhead;
}

export interface ForecastsAhead {
  readonly points: number;
  readonly absurd: number;
  /** The first of the absurd ones, in words: which series, when, and what it has sold. */
  readonly examples: readonly string[];
}

export interface Verdict {
  readonly action: 'promote' | 'refuse';
  readonly checks: readonly GateCheck[];
  /** The details of the checks that decided, and how much was measured anew. */
  readonly reasons: readonly string[];
  /** `TieHistory.tiedLoss` of the challenger, should it go into service. */
  readonly tiedLoss: number;
}

/**
 * Decides whether a challenger goes into service. Against a champion, in pairs on the same windows: the mean must be
 * better, most windows won, and the worst not much worse; a tie in the mean goes to the model that knows newer days, as
 * long as ties in a row do not add up to more than one.
 * A history that has room for fewer windows than the rules ask for is judged by those it has, and the reasons say so.
 * Without a champion it has to beat every baseline in the mean, or come near the best of them where nothing would be in
 * service otherwise. An error that is not a number fails every check. Over a hold, nothing goes into service.
 */
export function judge({ rival, hold, ahead, ...model }: Candidacy, rules: GateRules): Verdict {
  const compared = rival ? checkPairs(rival, rules) : { checks: [checkBaselines(model, rules)], tiedLoss: 0 };
  const { seenRatio } = model;
  const checks = [
    ...compared.checks,
    check(
      'final-model',
      seenRatio <= rules.max_seen_ratio,
      `the final model's error on the last window is ${ratioText(seenRatio)} times the backtest's (at most ${rules.max_seen_ratio})`,
    ),
    checkPlausible(ahead, rules),
  ];
  if (hold) checks.push(checkHold(hold, checks, model.isOnlyOne));
  const failed = checks.filter(({ outcome }) => outcome === 'failed');
  const decisive = failed.length > 0 ? failed : checks;
  return {
    action: failed.length > 0 ? 'refuse' : 'promote',
    checks,
    tiedLoss: compared.tiedLoss,
    reasons: [
      ...decisive.map(({ detail }) => detail),
      ...(rival && rival.windows.length > 0 ? [measuredText(rival.windows)] : []),
    ],
  };
}

/** A few absurd forecasts are replaced where they are served, so they warn; more than a few stop the model. */
function checkPlausible({ points, absurd, examples }: ForecastsAhead, rules: GateRules): GateCheck {
  const most = Math.floor(rules.max_absurd_share * points);
  const told = examples.length > 0 ? `: ${examples.join('; ')}` : '';
  const detail = `${absurd} of ${points} forecasts of the days ahead are absurd (at most ${most})${told}`;
  if (absurd > 0 && absurd <= most) return { name: 'plausible', outcome: 'warned', detail };
  return check('plausible', absurd <= most, detail);
}

function checkHold(
  { since, reason }: Hold,
  others: readonly GateCheck[],
  isNothingServed: boolean,
): GateCheck {
  const isAlone = others.every(({ outcome }) => outcome !== 'failed');
  const otherwise = isAlone ? '; without the hold it would go into service' : '';
  const held = `the champion is held since ${since}: ${reason}`;
  const unserved = isNothingServed ? ', although it cannot be served: until then nothing is' : '';
  return check('hold', false, `${held} (\`npm run models -- release\` ends that)${unserved}${otherwise}`);
}
