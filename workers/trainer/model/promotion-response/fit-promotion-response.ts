import type { DayNumber } from '../../../../shared/calendar/day-number.ts';
import type { PromotionResponse } from '../../../../shared/schemas/manifest.ts';
import type { PanelSeries } from '../series/panel-series.ts';
import { collectFamilyDays, RESPONSE_DAYS } from './family-days.ts';
import { createFamilyFit, type FamilyFit, SPREAD } from './fit-family.ts';
import { effectOfRamps, KNOTS, RAMP_COUNT } from './ramps.ts';

/**
 * Fewest series of a family for a response without the help of other families: stores are compared with each other on the same day, and four
 * or five of them differ by chance.
 */
const MIN_SERIES = 8;

/**
 * Learns the promotion response of each family from the days up to `lastDay`: the factor of a number of promoted
 * items on sales. It never falls with more items, and gains less with each further one. A family with few promoted
 * days is shrunk to the mean of the families (a normal prior). Where most series belong to families with enough
 * series, the others have a response too, shrunk in the same way: trees that see no plan of most rows learn little
 * from the plans of a few.
 *
 * @returns null when nothing was ever promoted, or no family has enough series
 */
export function fitPromotionResponse(
  series: readonly PanelSeries[],
  lastDay: DayNumber,
): PromotionResponse | null {
  const members = new Map<string, PanelSeries[]>();
  for (const member of series) {
    const own = members.get(member.family);
    if (own) own.push(member);
    else members.set(member.family, [member]);
  }
  const hasEnough = (own: readonly PanelSeries[]) => own.length >= MIN_SERIES;
  const inLargeFamilies = [...members.values()].filter(hasEnough).flat().length;
  const isChain = inLargeFamilies >= series.length / 2;
  const days = [...members]
    .filter(([, own]) => isChain || hasEnough(own))
    .map(([family, own]) => ({ family, days: collectFamilyDays(own, lastDay) }));
  if (!days.some((own) => own.days.hasPromotions)) return null;
  const fits = days.map((own) => ({ family: own.family, estimate: createFamilyFit(own.days) }));
  const usual = { weights: new Float64Array(RAMP_COUNT), dayLevels: new Float64Array(RESPONSE_DAYS).fill(1) };
  const alone = fits.map(({ estimate }) => estimate(usual));
  const sharedWeights = meanWeights(alone);
  const othersLevels = levelsOfOthers(alone);
  return {
    items: [...KNOTS],
    families: Object.fromEntries(
      fits.map(({ family, estimate }, f) => {
        const { weights } = estimate({ weights: sharedWeights, dayLevels: othersLevels(f) });
        return [family, KNOTS.map((items) => effectOfRamps(weights, items))];
      }),
    ),
  };
}

/** The mean of the families' weights, weighted by the precision of each. */
function meanWeights(fits: readonly FamilyFit[]): Float64Array {
  return Float64Array.from({ length: RAMP_COUNT }, (_, k) => {
    let sum = 0;
    let certainty = 0;
    for (const { weights, information } of fits) {
      const own = information[k] as number;
      const share = own / (own + 1 / SPREAD ** 2);
      sum += share * (weights[k] as number);
      certainty += share;
    }
    return certainty > 0 ? sum / certainty : 0;
  });
}

/** For each family, the mean levels (in logarithms) of the others on each day: a holiday is a holiday for all of them. */
function levelsOfOthers(fits: readonly FamilyFit[]): (family: number) => Float64Array {
  const logLevels = fits.map(({ dayLevels }) => dayLevels.map(Math.log));
  const sums = logLevels.reduce((total, own) => total.map((sum, day) => sum + (own[day] as number)));
  const others = Math.max(1, fits.length - 1);
  return (family) => sums.map((sum, day) => Math.exp((sum - (logLevels[family]?.[day] as number)) / others));
}
