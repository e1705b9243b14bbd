import { at } from '../../../../shared/at.ts';
import { type IsoDate, toDayNumber } from '../../../../shared/calendar/day-number.ts';
import { MISSING } from '../../../../shared/schemas/history-chunk.ts';
import type { Dataset, Panel } from '../dataset.ts';
import { FAMILY_TABLE } from './family-table.ts';
import { STORE_DAY_DEVIATION } from './planted-effects.ts';
import { createCampaign, promotionMultiplier } from './promotion-calendar.ts';
import { Random } from './random.ts';
import { createStores } from './store-table.ts';
import { createTruth, type SyntheticTruth } from './truth.ts';
import { createWorld, TEST_FILE_DAYS, type World } from './world.ts';

export interface SyntheticOptions {
  /** Stores 1..n; default 54. */
  readonly stores?: number;
  /** The first n families of family-table.ts; default all 33. */
  readonly families?: number;
  /** Default 2013-01-01. */
  readonly firstDate?: IsoDate;
  /** Default 2017-08-15. */
  readonly lastDate?: IsoDate;
  readonly seed?: number;
  /** Called after each store. */
  readonly onProgress?: (done: number, total: number) => void;
}

/** Promoted items grow with store size to this power. */
const PROMOTION_REACH = 0.2;

/** Name of the dataset. */
export const SYNTHETIC_NAME = 'synthetic-twin';

export const SYNTHETIC_DEFAULTS = {
  stores: 54,
  families: FAMILY_TABLE.length,
  firstDate: '2013-01-01',
  lastDate: '2017-08-15',
  seed: 1,
} as const;

/**
 * Generates the sales of a grocery chain with known effects (planted-effects.ts, family-table.ts, store-table.ts), in
 * the shape of the public dataset. Deterministic: the same options give the same dataset to the bit, and a series does
 * not depend on the other series.
 *
 * Stores that open late and families that are launched late have zeros before, as in the public dataset.
 *
 * @throws {RangeError} for a size out of range or an empty span.
 */
export function generateSyntheticDataset(options: SyntheticOptions = {}): {
  dataset: Dataset;
  truth: SyntheticTruth;
} {
  const {
    stores: storeCount,
    families: familyCount,
    firstDate,
    lastDate,
    seed,
  } = { ...SYNTHETIC_DEFAULTS, ...options };
  const firstDay = toDayNumber(firstDate);
  const dayCount = toDayNumber(lastDate) - firstDay + 1;
  if (dayCount < 1)
    throw new RangeError(`the synthetic dataset's last date ${lastDate} lies before its first, ${firstDate}`);
  requireWithin('stores', storeCount, 1, 999);
  requireWithin('families', familyCount, 1, FAMILY_TABLE.length);

  const families = FAMILY_TABLE.slice(0, familyCount).sort((left, right) =>
    left.family < right.family ? -1 : 1,
  );
  const world = createWorld({ firstDay, dayCount, stores: createStores(storeCount, seed), families, seed });
  const panel = drawPanel(world, options.onProgress);
  const dataset: Dataset = {
    name: SYNTHETIC_NAME,
    stores: world.stores.map(({ store_nbr, city, state, type, cluster }) => ({
      store_nbr,
      city,
      state,
      type,
      cluster,
    })),
    families: families.map(({ family }) => family),
    holidays: world.holidays,
    oil: world.oil.prices,
    panel,
    shiftDays: 0,
  };
  return { dataset, truth: createTruth(world, panel) };
}

function drawPanel(world: World, onProgress: SyntheticOptions['onProgress']): Panel {
  const { firstDay, dayCount, stores, families, seed } = world;
  const plannedDayCount = dayCount + TEST_FILE_DAYS;
  const seriesCount = stores.length * families.length;
  const milliUnits = new Int32Array(seriesCount * dayCount);
  const onpromotion = new Uint16Array(seriesCount * plannedDayCount);
  const tickets = new Int32Array(stores.length * dayCount).fill(MISSING);
  const campaigns = families.map((family) => createCampaign(family, world, plannedDayCount));

  stores.forEach((store, s) => {
    const storeDays = new Random(seed, 'store days', store.store_nbr);
    const shock = Float64Array.from({ length: dayCount }, () =>
      Math.exp(STORE_DAY_DEVIATION * storeDays.normal() - STORE_DAY_DEVIATION ** 2 / 2),
    );
    const storeMilliUnits = new Float64Array(dayCount);
    const reach = store.size ** PROMOTION_REACH;
    families.forEach((family, f) => {
      const series = s * families.length + f;
      const plan = new Random(seed, 'plan', store.store_nbr, family.family);
      const demand = new Random(seed, 'demand', store.store_nbr, family.family);
      const campaign = at(campaigns, f);
      const firstSale = at(world.firstSale, series);
      for (let day = firstSale; day < plannedDayCount; day += 1) {
        const items = plan.poisson((campaign[day] as number) * reach);
        const isSold = world.open[s * dayCount + day] === 1;
        if (isSold || day >= dayCount) onpromotion[series * plannedDayCount + day] = items;
        if (!isSold || day >= dayCount) continue;
        const mean = Math.exp(world.logMean(s, f, day)) * promotionMultiplier(family.promotion, items);
        const count = demand.poisson(mean * (shock[day] as number) * demand.gammaOfMeanOne(family.noise));
        // Spreads a count evenly over the thousandths around it, which keeps its mean.
        const milli =
          family.decimals && count > 0
            ? Math.max(1, Math.round(1000 * (count + 2 * demand.uniform() - 1)))
            : 1000 * count;
        milliUnits[series * dayCount + day] = milli;
        storeMilliUnits[day] = (storeMilliUnits[day] as number) + milli;
      }
    });
    for (let day = 0; day < dayCount; day += 1) {
      if (!world.open[s * dayCount + day]) continue;
      const customers = at(storeMilliUnits, day) / 1000 / (store.basket * 1.05 ** (day / 365.25));
      tickets[s * dayCount + day] = Math.max(1, Math.round(customers * Math.exp(0.03 * storeDays.normal())));
    }
    onProgress?.(s + 1, stores.length);
  });

  return {
    firstDay,
    dayCount,
    series: stores.flatMap((store) => families.map(({ family }) => ({ storeNbr: store.store_nbr, family }))),
    milliUnits,
    plannedDayCount,
    onpromotion,
    tickets,
  };
}

function requireWithin(name: string, value: number, low: number, high: number): void {
  if (Number.isInteger(value) && value >= low && value <= high) return;
  throw new RangeError(`${name} must be a whole number from ${low} to ${high}, not ${value}`);
}
