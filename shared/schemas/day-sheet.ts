import { z } from 'zod';
import { SLOTS_PER_DAY } from '../calendar/tick.ts';
import { isoDateSchema } from './catalog.ts';
import { namedRecord } from './named-record.ts';

/**
 * All that the producer replays of one business day; `replay/<date>.json` of a publication. Columns run parallel to `series`, which
 * leaves out the series whose sales of that day are not known; all of them may be.
 *
 * `curves` gives for each store the share of its day that is sold in each local hour (24 weights that add up to 1);
 * a store that is closed all day has no curve and all its units are zero.
 */
export const daySheetSchema = z
  .object({
    date: isoDateSchema,
    series: z.array(z.string()),
    milli_units: z.array(z.int().min(0)),
    onpromotion: z.array(z.int().min(0).max(65_535)),
    tickets: namedRecord(z.int().min(0)),
    curves: namedRecord(z.array(z.number().min(0)).length(24)),
  })
  .refine(
    (sheet) =>
      sheet.milli_units.length === sheet.series.length && sheet.onpromotion.length === sheet.series.length,
    'milli_units and onpromotion must be as long as series',
  );
export type DaySheet = z.infer<typeof daySheetSchema>;

/** The promotions known in advance for the seven days of one ISO week; R2 `plan/promotions/<iso week>.json`. */
export const promotionPlanSchema = z.object({
  week: z.string(),
  series: z.array(z.string()),
  /** date to promoted items by series; a date that is not there is not planned yet. */
  days: z.record(isoDateSchema, z.array(z.int().min(0).max(65_535))),
});
export type PromotionPlan = z.infer<typeof promotionPlanSchema>;

/** Units sold in all stores in each five-minute slot of a day (288 milli-unit sums); R2 `dataset/intraday.json`. */
export const intradaySchema = z.object({
  days: z.record(isoDateSchema, z.array(z.int().min(0)).length(SLOTS_PER_DAY)),
});
export type Intraday = z.infer<typeof intradaySchema>;
