import { toDayNumber, YEAR_OF_WEEKS } from '../../../../shared/calendar/day-number.ts';
import { median } from '../averages.ts';
import { type Dataset, lastDayOf } from '../dataset.ts';
import { type Check, percentage, threeDecimals } from './data-check.ts';
import {
  CHECK_WINDOW_DAYS,
  familyWindow,
  membersByFamily,
  populationStabilityIndex,
  quantileEdges,
  sharesOf,
} from './distributions.ts';

/**
 * Lags of the reference: the same season, or the weeks just before if the year before is unknown; each with the past
 * windows that show how much the distribution changes anyway. Without the season only a change of scale counts, for
 * which few windows are enough.
 */
const LAGS = [
  { lag: YEAR_OF_WEEKS, minPast: 6 },
  { lag: CHECK_WINDOW_DAYS, minPast: 3 },
] as const;
/** At most one year of windows. */
const MAX_PAST = 13;
const BINS = 10;
/** A bin that may be empty by chance says nothing, and inflates the index. */
const VALUES_PER_BIN = 10;
/** A window with fewer values says nothing about a distribution. */
const ENOUGH_VALUES = CHECK_WINDOW_DAYS;
/** What the index must exceed: a threshold for large samples, a multiple of the usual, and chance. */
const PSI_THRESHOLD = 0.25;
const BEYOND_PAST = 1.5;
/** Standard deviations above the expected index of two samples of one distribution. */
const BEYOND_CHANCE = 3;
/** Half of the families must drift: a single one may have been newly listed or promoted. */
const MANY_FAMILIES = 0.5;
/** No season multiplies the sales of half of the families by this; a change of units does. */
const OTHER_SCALE = 5;

interface FamilyDrift {
  readonly family: string;
  readonly lag: number;
  readonly psi: number;
  /** Sales of a known day now, compared with then. */
  readonly ratio: number;
  readonly hasDrifted: boolean;
}

/** Whether the last four weeks are distributed like those of the season before, within past variation. */
export const checkDrift: Check = ({ history }) => {
  const drifts = Array.from(membersByFamily(history), ([family, members]) =>
    familyDrift(history, family, members),
  ).filter((drift) => drift !== null);
  const drifted = drifts.filter(({ hasDrifted }) => hasDrifted);
  const rescaled = drifted.filter(({ ratio }) => Math.max(ratio, 1 / ratio) > OTHER_SCALE);
  const share = (part: readonly unknown[]) => part.length / Math.max(1, drifts.length);
  const isFailure = drifts.length > 0 && share(rescaled) >= MANY_FAMILIES;
  // Without the year before, a season cannot be distinguished from drift.
  const outOfSeason = drifted.filter(({ lag }) => lag !== CHECK_WINDOW_DAYS);
  const isWarning = drifts.length > 0 && share(outOfSeason) >= MANY_FAMILIES;
  const worst = [...drifts].sort((a, b) => b.psi - a.psi)[0];
  return {
    name: 'drift',
    severity: isFailure ? 'failure' : isWarning ? 'warning' : 'info',
    finding:
      drifts.length === 0
        ? 'the history is too short to say how much distributions change'
        : `${drifted.length} of ${drifts.length} families differ in distribution from their past`,
    figures: {
      families: drifts.length,
      drifted: drifted.length,
      rescaled: rescaled.length,
      median_psi: threeDecimals(median(drifts.map(({ psi }) => psi))),
      ...(worst && {
        largest_psi: threeDecimals(worst.psi),
        largest_in: worst.family,
        days_before: worst.lag,
      }),
    },
    fix: isFailure
      ? 'Check that the last weeks are in the same units as the days before'
      : isWarning
        ? 'Check the sales of the last four weeks; the gate decides whether a model trained on them is better'
        : null,
  };
};

function familyDrift(dataset: Dataset, family: string, members: readonly number[]): FamilyDrift | null {
  const { firstDay } = dataset.panel;
  const last = lastDayOf(dataset.panel);
  for (const { lag, minPast } of LAGS) {
    const now = compare(dataset, members, last, lag);
    if (now === null) continue;
    const past: number[] = [];
    for (let end = last - CHECK_WINDOW_DAYS; past.length < MAX_PAST; end -= CHECK_WINDOW_DAYS) {
      if (end - lag - CHECK_WINDOW_DAYS + 1 < firstDay) break;
      const then = compare(dataset, members, end, lag);
      if (then !== null) past.push(then.psi);
    }
    if (past.length < minPast) continue;
    const hasDrifted = now.psi > Math.max(PSI_THRESHOLD, now.chance, BEYOND_PAST * Math.max(...past));
    return { family, lag, ...now, hasDrifted };
  }
  return null;
}

/** The index of the window that ends on `end`, and of its mean, against the window `lag` days before. */
function compare(
  dataset: Dataset,
  members: readonly number[],
  end: number,
  lag: number,
): { readonly psi: number; readonly chance: number; readonly ratio: number } | null {
  if (end - lag - CHECK_WINDOW_DAYS + 1 < dataset.panel.firstDay) return null;
  const current = familyWindow(dataset, members, end - CHECK_WINDOW_DAYS + 1, end);
  const reference = familyWindow(dataset, members, end - lag - CHECK_WINDOW_DAYS + 1, end - lag);
  if (current.values.length < ENOUGH_VALUES || reference.values.length < ENOUGH_VALUES) return null;
  const fewer = Math.min(current.values.length, reference.values.length);
  const edges = quantileEdges(reference.values, Math.min(BINS, Math.floor(fewer / VALUES_PER_BIN)));
  const meanOf = ({ units, values }: typeof current) => (units + 1) / values.length;
  return {
    psi: populationStabilityIndex(sharesOf(reference.values, edges), sharesOf(current.values, edges)),
    chance: chanceOf(edges.length + 1, reference.values.length, current.values.length),
    ratio: meanOf(current) / meanOf(reference),
  };
}

/**
 * Upper bound of the index of two samples of one distribution. For B bins and samples of n and m values it is about
 * (1/n + 1/m) times a chi-squared variable of B - 1 degrees of freedom, whose mean is B - 1 and variance 2 (B - 1)
 * (Yurdakul and Naranjo, Statistical properties of the population stability index, 2020).
 */
function chanceOf(bins: number, n: number, m: number): number {
  const freedom = bins - 1;
  return (1 / n + 1 / m) * (freedom + BEYOND_CHANCE * Math.sqrt(2 * freedom));
}

/** The index above which the same days have changed since the last run. */
const REWRITTEN = 0.1;

/** Whether the days of the last run are unchanged: corrections are few, a change of units is not. */
export const checkRewrittenHistory: Check = ({ history, previous }) => {
  const { firstDay } = history.panel;
  const end = previous ? toDayNumber(previous.last_date) : 0;
  const members = membersByFamily(history);
  const found = Object.entries(previous?.families ?? {}).flatMap(([family, { edges, shares, values }]) => {
    const from = end - (previous?.window_days ?? CHECK_WINDOW_DAYS) + 1;
    const now = familyWindow(history, members.get(family) ?? [], from, end);
    if (from < firstDay || values < ENOUGH_VALUES || now.values.length < ENOUGH_VALUES) return [];
    return [{ family, psi: populationStabilityIndex(shares, sharesOf(now.values, edges)) }];
  });
  const rewritten = found.filter(({ psi }) => psi > REWRITTEN);
  const share = rewritten.length / Math.max(1, found.length);
  const isFailure = found.length > 0 && share >= MANY_FAMILIES;
  const names = rewritten.slice(0, 3).map(({ family }) => family);
  return {
    name: 'rewritten-history',
    severity: isFailure ? 'failure' : rewritten.length > 0 ? 'warning' : 'info',
    finding:
      found.length === 0
        ? 'there is no earlier run to compare with'
        : rewritten.length === 0
          ? `the days up to ${previous?.last_date} are what the last run saw`
          : `${rewritten.length} of ${found.length} families have other sales up to ${previous?.last_date} than in the last run: ${names.join(', ')}`,
    figures: {
      families: found.length,
      rewritten: rewritten.length,
      rewritten_percent: percentage(share),
      largest_psi: threeDecimals(Math.max(0, ...found.map(({ psi }) => psi))),
    },
    fix:
      rewritten.length > 0
        ? 'Find out why past sales changed, and whether units or stores are still the same'
        : null,
  };
};
