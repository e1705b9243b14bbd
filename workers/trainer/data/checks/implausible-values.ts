import { at } from '../../../../shared/at.ts';
import { toIsoDate } from '../../../../shared/calendar/day-number.ts';
import { MISSING } from '../../../../shared/schemas/history-chunk.ts';
import { type Check, threeDecimals } from './data-check.ts';

/** Days with sales that a series needs to show its usual level. */
const ENOUGH = 30;
/**
 * Multiple of the level that nine in ten sales days stay below. Promotions and seasons reach 12 in the real data (eggs
 * on a promotion) and 27 in the synthetic dataset (school supplies in August); a number in the wrong unit is off by
 * hundreds.
 */
const WARN_RATIO = 60;
const FAIL_RATIO = 300;
const EXAMPLES = 3;

/** Days on either side of a value that show whether it is isolated: a newly listed family continues to sell. */
const NEIGHBOURS = 7;
const ALONE = 20;
/** Newest days, for which it is too early to say whether they are isolated. */
const TOO_NEW = 2;

interface OddValue {
  readonly text: string;
  readonly ratio: number;
  readonly isNew: boolean;
}

/** Isolated values far beyond the best days of the series or, for a young series, of its family. */
export const checkImplausibleValues: Check = ({ history: { panel } }) => {
  const { dayCount, series } = panel;
  const rowOf = (s: number) => panel.milliUnits.subarray(s * dayCount, (s + 1) * dayCount);
  const ownLevel = series.map((_, s) => goodDayOf(rowOf(s)));
  const familyLevel = new Map<string, number>();
  series.forEach(({ family }, s) => {
    familyLevel.set(family, Math.max(familyLevel.get(family) ?? 0, ownLevel[s] ?? 0));
  });
  const odd: OddValue[] = [];
  let negative = 0;
  series.forEach(({ storeNbr, family }, s) => {
    const level = ownLevel[s] ?? familyLevel.get(family) ?? 0;
    const row = rowOf(s);
    row.forEach((value, day) => {
      if (value < MISSING) negative++;
      const ratio = level === 0 ? 0 : value / level;
      if (ratio <= WARN_RATIO || value <= ALONE * thirdLargestAround(row, day)) return;
      const text = `${value / 1000} of ${storeNbr}:${family} on ${toIsoDate(panel.firstDay + day)}`;
      odd.push({ text, ratio, isNew: day >= dayCount - TOO_NEW });
    });
  });
  odd.sort((a, b) => b.ratio - a.ratio);
  const isImplausible = negative > 0 || odd.some(({ ratio, isNew }) => ratio > FAIL_RATIO && !isNew);
  const examples = odd.slice(0, EXAMPLES).map(({ text }) => text);
  const found = [...(negative > 0 ? [`${negative} negative`] : []), ...examples];
  return {
    name: 'absurd-values',
    severity: isImplausible ? 'failure' : odd.length > 0 ? 'warning' : 'info',
    finding:
      found.length === 0
        ? 'no value is implausible for its series'
        : `${odd.length + negative} values are negative or implausibly large: ${found.join('; ')}`,
    figures: {
      odd_values: odd.length,
      negative_values: negative,
      largest_times_good_day: threeDecimals(odd[0]?.ratio ?? 0),
    },
    fix: found.length > 0 ? 'Correct the values (units instead of cases, a lost decimal point)' : null,
  };
};

/** The level that nine in ten days with sales stay below, in milli-units; null for too few days. */
function goodDayOf(row: Int32Array): number | null {
  const sold = row.filter((value) => value > 0).sort();
  return sold.length < ENOUGH ? null : at(sold, Math.floor(sold.length * 0.9));
}

/**
 * Median of the days around a day, itself included: an error may affect two days in a row. 0 for fewer than three days.
 */
function thirdLargestAround(row: Int32Array, day: number): number {
  const around = row.slice(Math.max(0, day - NEIGHBOURS), day + NEIGHBOURS + 1).sort();
  return around.at(-3) ?? 0;
}
