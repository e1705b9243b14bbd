import { at } from '../../../../shared/at.ts';
import { type IsoDate, toDayNumber, toIsoDate } from '../../../../shared/calendar/day-number.ts';
import type { Panel } from '../dataset.ts';
import type { FamilyProfile } from './family-table.ts';
import * as effects from './planted-effects.ts';
import { promotionMultiplier } from './promotion-calendar.ts';
import type { SyntheticStore } from './store-table.ts';
import type { World } from './world.ts';

/** The planted effects of a synthetic dataset, as plain data. */
interface PlantedParameters {
  readonly seed: number;
  readonly firstDate: IsoDate;
  readonly lastDate: IsoDate;
  readonly families: readonly FamilyProfile[];
  readonly stores: readonly (SyntheticStore & {
    readonly firstOpenDate: IsoDate;
    readonly works: { readonly from: IsoDate; readonly to: IsoDate } | null;
  })[];
  readonly disasterDate: IsoDate;
  /** Shapes that the families share, documented in planted-effects.ts. */
  readonly effects: typeof effects;
}

/**
 * The truth behind a synthetic dataset: the planted parameters, and as functions the noise-free mean of each cell, so
 * that a test can check a learned effect. Dates are the synthetic dataset's own, before any time travel.
 */
export interface SyntheticTruth {
  readonly parameters: PlantedParameters;
  /**
   * Expected units of a cell given its promotions: 0 if the store is closed or does not carry the family.
   *
   * @throws {RangeError} for a series or a date that the synthetic dataset lacks.
   */
  meanAt(storeNbr: string, family: string, date: IsoDate): number;
  /** The same cell with another number of promoted items. */
  meanWithPromotion(storeNbr: string, family: string, date: IsoDate, items: number): number;
  /** The factor of `items` promoted items on the mean of the family. */
  promotionMultiplier(family: string, items: number): number;
}

export function createTruth(world: World, panel: Panel): SyntheticTruth {
  const { firstDay, dayCount, stores, families } = world;

  const indexOf = (storeNbr: string, family: string, date: IsoDate) => {
    const s = stores.findIndex((store) => store.store_nbr === storeNbr);
    const f = families.findIndex((profile) => profile.family === family);
    const day = toDayNumber(date) - firstDay;
    const profile = families[f];
    if (s < 0 || !profile || day < 0 || day >= dayCount) {
      throw new RangeError(
        `the synthetic dataset has no cell for store ${storeNbr}, family "${family}" on ${date}`,
      );
    }
    return { s, f, day, profile, series: s * families.length + f };
  };

  const meanWithPromotion = (storeNbr: string, family: string, date: IsoDate, items: number): number => {
    const { s, f, day, profile, series } = indexOf(storeNbr, family, date);
    if (!world.open[s * dayCount + day] || day < at(world.firstSale, series)) return 0;
    return Math.exp(world.logMean(s, f, day)) * promotionMultiplier(profile.promotion, items);
  };

  return {
    parameters: {
      seed: world.seed,
      firstDate: toIsoDate(firstDay),
      lastDate: toIsoDate(firstDay + dayCount - 1),
      families,
      stores: stores.map((store, s) => {
        const { firstOpenDay, works } = at(world.openings, s);
        return {
          ...store,
          firstOpenDate: toIsoDate(firstOpenDay),
          works: works ? { from: toIsoDate(works.from), to: toIsoDate(works.to) } : null,
        };
      }),
      disasterDate: toIsoDate(world.disasterDay),
      effects,
    },
    meanWithPromotion,
    meanAt(storeNbr, family, date) {
      const { day, series } = indexOf(storeNbr, family, date);
      const items = at(panel.onpromotion, series * panel.plannedDayCount + day);
      return meanWithPromotion(storeNbr, family, date, items);
    },
    promotionMultiplier(family, items) {
      const profile = families.find((candidate) => candidate.family === family);
      if (!profile) throw new RangeError(`the synthetic dataset has no family "${family}"`);
      return promotionMultiplier(profile.promotion, items);
    },
  };
}
