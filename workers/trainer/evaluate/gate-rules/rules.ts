import { z } from 'zod';

/**
 * When a challenger replaces the champion. All ratios are RMSLE of the challenger over RMSLE of the champion on the
 * same window, or of the means over the windows that both have forecast.
 */
export const gateRulesSchema = z.strictObject({
  /**
   * The mean must be lower by more than this share of the champion's. Above 0, nothing is a tie in the mean: a model that
   * only knows newer days does not go into service.
   */
  min_gain: z
    .number()
    .min(0)
    .max(0.5, 'must be at most 0.5, for no retraining halves the error: 0.01 asks for 1 %')
    .default(0),
  /**
   * Differences up to this share are a tie: a few more rows make such differences by chance. A tie in the mean goes to
   * the challenger if it has learned from newer days: the same recipe, retrained. Losses of ties in a row are added up, and
   * the sum may be no more than this either. With few series chance does more (another seed makes 2 % on 19 series).
   */
  tie: z
    .number()
    .min(0)
    .max(0.1, 'must be at most 0.1: whoever takes 10 % for chance promotes every model')
    .default(0.005),
  /**
   * A tie goes to newer days only if the challenger's error on the newest window is at most this many times the mean of its
   * others: above it, those days are an export that went wrong, or a shock that one window tells too little of. On 19 real
   * series, 29 windows beside the 7 before each, only that of Christmas and New Year goes beyond 2.35.
   */
  max_newest_ratio: z
    .number()
    .min(1, 'must be at least 1: below it, every window that is harder than the others ends all ties')
    .default(2.5),
  /** Of the windows that are no tie, the challenger must win more than this share. */
  min_win_share: z
    .number()
    .min(0)
    .lt(1, 'must be below 1, for more than this share has to be won: 0.99 asks for every window')
    .default(0.5),
  /** On no window may the ratio be above this. */
  max_worst_ratio: z
    .number()
    .min(1, 'must be at least 1: below it, a challenger would have to win every window by so much')
    .default(1.1),
  /** Windows that both must have forecast; at most as many as the backtest has (`--windows`). */
  min_windows: z.int().min(1, 'must be a whole number from 1 on').default(4),
  /**
   * The final model's RMSLE on the last window, which it has seen, over that of the model that had not: above this the
   * final fit went wrong, whatever the backtest says.
   */
  max_seen_ratio: z
    .number()
    .min(1, 'must be at least 1: below it, models are refused that do as well as their backtest says')
    .default(1.25),
  /**
   * Of the forecasts of all series for the days ahead, at most this share may be absurd: far outside of what the series has
   * sold. They are not served, so a few do no harm; but a model that makes many of them is broken.
   */
  max_absurd_share: z
    .number()
    .min(0)
    .max(0.1, 'must be at most 0.1: a model of which one forecast in ten is replaced is none')
    .default(0.001),
  /**
   * With nothing in service, a model may have up to this many times the error of the best baseline in the mean, with a
   * warning. Of the models of 30 invented datasets of one series and 90 days, 13 are worse than the best baseline, the worst
   * 1.16 times.
   */
  first_max_ratio: z
    .number()
    .min(1, 'must be at least 1: 1 asks for a first model that is as good as the best baseline')
    .default(1.2),
});
export type GateRules = z.infer<typeof gateRulesSchema>;

export const GATE_DEFAULTS: GateRules = gateRulesSchema.parse({});
