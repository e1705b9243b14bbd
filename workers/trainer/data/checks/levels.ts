import { DAYS_PER_WEEK, YEAR_OF_WEEKS } from '../../../../shared/calendar/day-number.ts';
import { median } from '../averages.ts';
import type { Panel } from '../dataset.ts';
import { type Check, threeDecimals } from './data-check.ts';
import { CHECK_WINDOW_DAYS, membersByFamily, membersByStore } from './distributions.ts';

/**
 * Multiple of its former level that a whole store or family sells. Seasons and openings reach 4 in the real data; a
 * number in another unit is off by hundreds.
 */
const WARN_RATIO = 20;
const FAIL_RATIO = 100;
/**
 * Numbers of last days whose median is compared: the shortest shows an error at once, the longest shows it for weeks.
 */
const SPANS = [CHECK_WINDOW_DAYS, DAYS_PER_WEEK, 1] as const;
/** The newest day alone is only a warning: it may be one large order. */
const ONE_DAY = 1;
/**
 * A store or family with less than this share of the average's sales on at least a quarter of the days before was newly
 * listed, or listed again: the real data have a family that was repeatedly unlisted for years, a factor of seven
 * hundred.
 */
const MIN_SHARE = 0.02;
const QUARTER = 0.25;
const EXAMPLES = 3;

interface Change {
  readonly name: string;
  readonly span: number;
  /** Multiple of the level before; below 1 for a fall. */
  readonly ratio: number;
}

/** Whether a store or family has changed its scale from one week to the next, which none does. */
export const checkLevels: Check = ({ history }) => {
  const { panel } = history;
  const stores = changesOf(panel, named('store', membersByStore(history)));
  const families = changesOf(panel, named('family', membersByFamily(history)));
  const jumps = [...stores, ...families].filter(({ ratio }) => ratio >= WARN_RATIO);
  // A family that is given up sells out; a store that closes has zeros, and no level at all.
  const falls = stores.filter(({ ratio, span }) => ratio <= 1 / WARN_RATIO && span > ONE_DAY);
  const isFailure = jumps.some(({ ratio, span }) => ratio >= FAIL_RATIO && span > ONE_DAY);
  const found = [...largestByName(jumps), ...largestByName(falls)];
  const text = found.slice(0, EXAMPLES).map(describe);
  return {
    name: 'levels',
    severity: isFailure ? 'failure' : found.length > 0 ? 'warning' : 'info',
    finding:
      found.length === 0
        ? 'every store and every family sells on its former scale'
        : `${found.length} ${found.length === 1 ? 'store or family sells' : 'stores or families sell'} on another scale than before: ${text.join('; ')}`,
    figures: {
      jumps: largestByName(jumps).length,
      falls: largestByName(falls).length,
      largest_times_before: threeDecimals(Math.max(0, ...[...stores, ...families].map(({ ratio }) => ratio))),
    },
    fix:
      found.length > 0
        ? 'Check that these sales are in the same unit as the days before (units, not grams or cases)'
        : null,
  };
};

function named<K>(what: string, members: ReadonlyMap<K, readonly number[]>) {
  return Array.from(members, ([key, series]) => ({ name: `${what} ${key}`, series }));
}

/**
 * For each group and span, the current level as a multiple of that of the four weeks before and of the season before.
 */
function changesOf(
  panel: Panel,
  groups: readonly { readonly name: string; readonly series: readonly number[] }[],
): Change[] {
  const last = panel.dayCount - 1;
  return SPANS.flatMap((span) => {
    const before = { from: last - span - CHECK_WINDOW_DAYS + 1, to: last - span };
    // The season before accounts for seasonal changes.
    const season = { from: last - YEAR_OF_WEEKS - CHECK_WINDOW_DAYS + 1, to: last - YEAR_OF_WEEKS };
    const levels = groups.map(({ series }) => levelOf(panel, series, before) ?? 0);
    const average = levels.reduce((sum, level) => sum + level, 0) / Math.max(1, groups.length);
    const isListed = (series: readonly number[]) =>
      (levelOf(panel, series, before, quarterOfSalesDays) ?? 0) >= MIN_SHARE * average;
    return groups.flatMap(({ name, series }) => {
      // Like for like: stores that newly list a family do not change its level.
      const listed = series.filter(
        (s) => (levelOf(panel, [s], before, (totals) => Math.max(...totals)) ?? 0) > 0,
      );
      const now = levelOf(panel, listed, { from: last - span + 1, to: last });
      const then = levelOf(panel, listed, before);
      if (now === null || !then || !isListed(series)) return [];
      const yearAgo = levelOf(panel, listed, season) || then;
      const [low, high] = [Math.min(then, yearAgo), Math.max(then, yearAgo)];
      return [{ name, span, ratio: now > high ? now / high : now < low ? now / low : 1 }];
    });
  }).filter(({ ratio }) => ratio > 0);
}

/** The median of the days' totals, in milli-units; null if less than half of the days are known. */
function levelOf(
  { milliUnits, dayCount }: Panel,
  series: readonly number[],
  { from, to }: { readonly from: number; readonly to: number },
  of: (totals: readonly number[]) => number = median,
): number | null {
  const totals: number[] = [];
  for (let day = Math.max(0, from); day <= to; day++) {
    const known = series.map((s) => milliUnits[s * dayCount + day] as number).filter((units) => units >= 0);
    if (known.length > 0) totals.push(known.reduce((sum, units) => sum + units, 0));
  }
  return totals.length * 2 < to - from + 1 ? null : of(totals);
}

/** The level that a quarter of the days with sales stay below; closed days do not count. */
function quarterOfSalesDays(totals: readonly number[]): number {
  const sold = totals.filter((total) => total > 0).sort((a, b) => a - b);
  return sold[Math.floor(sold.length * QUARTER)] ?? 0;
}

/** The largest change of each group, largest first. */
function largestByName(changes: readonly Change[]): readonly Change[] {
  const size = ({ ratio }: Change) => Math.max(ratio, 1 / ratio);
  const largest = new Map<string, Change>();
  for (const change of [...changes].sort((a, b) => size(a) - size(b))) largest.set(change.name, change);
  return [...largest.values()].sort((a, b) => size(b) - size(a));
}

function describe({ name, span, ratio }: Change): string {
  const days = span === ONE_DAY ? 'the last day' : `the last ${span} days`;
  const times = ratio >= 1 ? `${Math.round(ratio)} times` : `one ${Math.round(1 / ratio)}th of`;
  return `${name} sold ${times} what it did before (${days})`;
}
