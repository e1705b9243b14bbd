import type { GateCheck } from '../../../../shared/artifacts/decision.ts';
import type { Hold } from '../../../../shared/schemas/manifest.ts';
import { check, ratioText } from './check.ts';
import { checkBaselines, type FirstModel } from './check-baselines.ts';
import { type ChampionFacts, checkPairs, measuredText } from './check-champion.ts';
import type { GateRules } from './rules.ts';

/** Facts about a challenger. */
export interface Candidacy extends FirstModel {
  /** The champion for the comparison; null without one that this release can serve. */
  readonly comparedChampion: ChampionFacts | null;
  /** The champion's hold, which keeps it in service whatever the challenger's errors; null for none. */
  readonly hold: Hold | null;
  /** Its forecasts of all series for the days ahead, and how many of them are implausible. */
  readonly ahead: ForecastsAhead;
}

export interface ForecastsAhead {
  readonly points: number;
  readonly implausible: number;
  /** The first implausible ones, in words: series, date, and usual sales. */
  readonly examples: readonly string[];
}

export interface Verdict {
  readonly action: 'promote' | 'refuse';
  readonly checks: readonly GateCheck[];
  /** The details of the decisive checks, and how much was newly measured. */
  readonly reasons: readonly string[];
  /** `TieHistory.tiedLoss` of the challenger if it goes into service. */
  readonly tiedLoss: number;
}

/**
 * Decides whether a challenger goes into service. Against a champion, paired on the same windows: the mean must be
 * better, most windows won, and the worst not much worse; a tie in the mean goes to the model trained on newer days,
 * as long as ties in a row do not add up to more than one. A history with room for fewer windows than the rules
 * require is judged by those it has, and the reasons say so. Without a champion it has to beat every baseline in the
 * mean, or come near the best of them where nothing else is in service. An error that is not a number fails every
 * check. While the champion is held, nothing replaces it.
 */
export function judge({ comparedChampion, hold, ahead, ...model }: Candidacy, rules: GateRules): Verdict {
  const compared = comparedChampion
    ? checkPairs(comparedChampion, rules)
    : { checks: [checkBaselines(model, rules)], tiedLoss: 0 };
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
      ...(comparedChampion && comparedChampion.windows.length > 0
        ? [measuredText(comparedChampion.windows)]
        : []),
    ],
  };
}

/** A few implausible forecasts are replaced when served, so they are a warning; more than a few stop the model. */
function checkPlausible({ points, implausible, examples }: ForecastsAhead, rules: GateRules): GateCheck {
  const most = Math.floor(rules.max_absurd_share * points);
  const text = examples.length > 0 ? `: ${examples.join('; ')}` : '';
  const detail = `${implausible} of ${points} forecasts of the days ahead are implausible (at most ${most})${text}`;
  if (implausible > 0 && implausible <= most) return { name: 'plausible', outcome: 'warned', detail };
  return check('plausible', implausible <= most, detail);
}

function checkHold(
  { since, reason }: Hold,
  others: readonly GateCheck[],
  isNothingServed: boolean,
): GateCheck {
  const isAlone = others.every(({ outcome }) => outcome !== 'failed');
  const otherwise = isAlone ? '; without the hold it would go into service' : '';
  const held = `the champion has been held since ${since}: ${reason}`;
  const unserved = isNothingServed ? ', although it cannot be served: nothing is served until then' : '';
  return check('hold', false, `${held} (\`npm run models -- release\` ends that)${unserved}${otherwise}`);
}
