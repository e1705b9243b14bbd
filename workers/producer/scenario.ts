import { z } from 'zod';
import { isoDateSchema } from '../../shared/schemas/catalog.ts';
import type { DaySheet } from '../../shared/schemas/day-sheet.ts';
import { parseSeriesKey } from '../../shared/schemas/series.ts';
import { givenStoreNbrSchema } from '../../shared/schemas/series-schema.ts';

const scopeShape = {
  /** First and last day of the drill; every day when left out. */
  from: isoDateSchema.optional(),
  to: isoDateSchema.optional(),
  /** All stores, all families when left out. */
  stores: z.array(givenStoreNbrSchema).optional(),
  families: z.array(z.string()).optional(),
};

/** A drill: what the replay pretends to happen, to see that drift and alerts notice. */
export const scenarioSchema = z.discriminatedUnion('kind', [
  /** Demand jumps or collapses. */
  z.strictObject({ kind: z.literal('shock'), factor: z.number().min(0).max(100), ...scopeShape }),
  /** Items are promoted beyond the plan, and sell accordingly. */
  z.strictObject({
    kind: z.literal('promotion_surge'),
    onpromotion: z.int().min(1).max(65_535),
    factor: z.number().min(0).max(100),
    ...scopeShape,
  }),
  /** Nothing is sold: a supplier, a scale or a till has failed. */
  z.strictObject({ kind: z.literal('going_dark'), ...scopeShape }),
]);
export type Scenario = z.infer<typeof scenarioSchema>;

/** The day sheet as it would be under a scenario; the sheet itself where the scenario does not reach its day. */
export function applyScenario(sheet: DaySheet, scenario: Scenario): DaySheet {
  if ((scenario.from && sheet.date < scenario.from) || (scenario.to && sheet.date > scenario.to))
    return sheet;
  const reaches = sheet.series.map((key) => {
    const { storeNbr, family } = parseSeriesKey(key);
    return (scenario.stores?.includes(storeNbr) ?? true) && (scenario.families?.includes(family) ?? true);
  });
  const factor = scenario.kind === 'going_dark' ? 0 : scenario.factor;
  return {
    ...sheet,
    milli_units: sheet.milli_units.map((units, s) => (reaches[s] ? scale(units, factor) : units)),
    onpromotion: sheet.onpromotion.map((items, s) => {
      if (!reaches[s]) return items;
      if (scenario.kind === 'going_dark') return 0;
      return scenario.kind === 'promotion_surge' ? Math.max(items, scenario.onpromotion) : items;
    }),
  };
}

/** Whole units stay whole. */
function scale(milliUnits: number, factor: number): number {
  const step = milliUnits % 1000 === 0 ? 1000 : 1;
  return Math.round((milliUnits / step) * factor) * step;
}
