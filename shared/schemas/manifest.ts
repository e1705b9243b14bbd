import { z } from 'zod';
import { isoDateSchema } from './catalog.ts';
import { namedRecord } from './named-record.ts';

const sha256Schema = z.string().regex(/^[0-9a-f]{64}$/);

/** Errors of one contender on one backtest window, or pooled over all windows. */
export const scoreSchema = z.object({
  /** Of the median. */
  rmsle: z.number(),
  /** Of the median; null where nothing was sold. */
  wape: z.number().nullable(),
  /** mean(yhat - y) of the mean, in units. */
  bias: z.number(),
  /** Sum of the means over the sum of what was sold: 1 for an unbiased mean. Scores before there were means have none. */
  mean_ratio: z.number().nullable().optional(),
  /** WAPE of the mean's sums over the days of a window, series by series. */
  sum_wape: z.number().nullable().optional(),
  /** Points scored. */
  count: z.int(),
});
export type Score = z.infer<typeof scoreSchema>;

export const backtestWindowSchema = z.object({
  origin: isoDateSchema,
  /** Contender name to score; the model itself is `model`. */
  scores: z.record(z.string(), scoreSchema),
  /** Share of actual values within [p10, p90], from residuals of the other windows. */
  coverage80: z.number().nullable(),
});
export type BacktestWindow = z.infer<typeof backtestWindowSchema>;

/** Quantiles of residuals, indexed `[class][h - 1]`. */
export const quantileTablesSchema = z.object({
  p10: z.array(z.array(z.number())),
  p50: z.array(z.array(z.number())),
  p90: z.array(z.array(z.number())),
});
export type QuantileTables = z.infer<typeof quantileTablesSchema>;

/**
 * Split-conformal residual quantiles in log space (log1p(y) - prediction), by volume class and horizon.
 * `class_bounds` are upper bounds of log1p(mean recent units) for all classes but the last; a series belongs to the
 * first class whose bound is above its own level.
 */
export const conformalSchema = quantileTablesSchema.extend({
  class_bounds: z.array(z.number()),
  /** The same for the demand of days 1..h together: log1p(sum of y) - log1p(sum of the means of the days). */
  cumulative: quantileTablesSchema.optional(),
});
export type Conformal = z.infer<typeof conformalSchema>;

/** How the number of trees was chosen: by their mean error on windows before those of the backtest. */
export const roundsChoiceSchema = z.object({
  rounds: z.int(),
  /** The most that was allowed. */
  most: z.int(),
  /** Origins of the windows. */
  windows: z.array(isoDateSchema),
  curve: z.array(z.object({ rounds: z.int(), rmsle: z.number() })),
});
export type RoundsChoice = z.infer<typeof roundsChoiceSchema>;

/**
 * What promotions are worth at some numbers of promoted items: `families[family][i]` is the logarithm of what `items[i]`
 * promoted items multiply units by. Straight in between, 0 without items, and constant beyond the last.
 */
export const promotionResponseSchema = z.object({
  items: z.array(z.int().min(1)).min(1),
  families: namedRecord(z.array(z.number())),
});
export type PromotionResponse = z.infer<typeof promotionResponseSchema>;

/**
 * What series sell of which little is known, by what others sell: log units a day are about `level` + the store's + the
 * family's difference from it.
 */
export const peerLevelsSchema = z.object({
  /** Log of the units a day that a family sells at a store as a rule. */
  level: z.number(),
  /** By how much a store's families sell more than that, in log space, by store. */
  stores: namedRecord(z.number()),
  families: namedRecord(
    z.object({
      level: z.number(),
      /** What a weekday sells, Monday first, in proportion to the mean of all seven. */
      weekdays: z.array(z.number()).length(7),
    }),
  ),
  /** The same of all families together. */
  weekdays: z.array(z.number()).length(7),
  /** Variances in log space: of a day around its series' level, of a series around the sum above, of the families' levels. */
  day_variance: z.number().positive(),
  series_variance: z.number().positive(),
  family_variance: z.number().min(0),
});
export type PeerLevels = z.infer<typeof peerLevelsSchema>;

/** What must be known of a model to serve it; R2 `models/<version>/manifest.json`. */
export const manifestSchema = z.object({
  schema_version: z.literal(1),
  version: z.string().regex(/^[A-Za-z0-9._-]+$/),
  created_at: z.iso.datetime(),
  feature_names: z.array(z.string()).min(1),
  /** Fingerprint of what the features compute; the API refuses a model whose fingerprint is not its own. */
  feature_hash: z.string(),
  /** Categorical column to its values in the order of their codes 0..n-1; a value not listed is missing (NaN). */
  categories: z.record(z.string(), z.array(z.string())),
  horizon: z.int().min(1),
  objective: z.string(),
  /**
   * What the model predicts: `log1p(units)` less the series' same-weekday anchor (also in log space). For the second kind of
   * models, units are first divided by what `promotion_response` says that the plan of the target day multiplies them by, in
   * comparison with the days that the anchor averages, and rows lack the columns that tell of that plan.
   */
  target: z.enum(['log1p_minus_anchor', 'log1p_less_promotion_minus_anchor']),
  promotion_response: promotionResponseSchema.optional(),
  /** What new series are forecast by; none for a model that was made before there was such a thing. */
  peer_levels: peerLevelsSchema.optional(),
  /** Share of exponential smoothing in the forecasts of series with enough known days; trees alone where absent. */
  smoothing_share: z.number().min(0).max(1).optional(),
  conformal: conformalSchema,
  backtest: z.object({ windows: z.array(backtestWindowSchema), pooled: z.record(z.string(), scoreSchema) }),
  training: z.object({
    dataset: z.string(),
    first_origin: isoDateSchema,
    last_day: isoDateSchema,
    rows: z.int(),
    series: z.int(),
    params: z.record(z.string(), z.union([z.string(), z.number()])),
    rounds: z.int(),
    /** Only where `rounds` was chosen by early stopping. */
    rounds_choice: roundsChoiceSchema.optional(),
    /**
     * Only of a history that was too short for trees, whose forecasts are exponential smoothing alone: the last day of
     * the shortest one that is long enough.
     */
    trees_from: isoDateSchema.optional(),
    libraries: z.record(z.string(), z.string()),
  }),
  files: z.record(z.string(), z.object({ sha256: sha256Schema, bytes: z.int() })),
});
export type Manifest = z.infer<typeof manifestSchema>;

/** While a champion is held, no training run replaces it by itself; a person still may. */
export const holdSchema = z.object({ since: z.iso.datetime(), reason: z.string().min(1) });
export type Hold = z.infer<typeof holdSchema>;
