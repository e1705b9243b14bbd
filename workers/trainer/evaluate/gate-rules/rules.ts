import { z } from 'zod';

/**
 * When a challenger replaces the champion. All ratios are RMSLE of the challenger over RMSLE of the champion on the
 * same window, or of the means over the windows that both have forecast.
 */
export const gateRulesSchema = z.strictObject({
  /**
   * The mean must be lower by more than this share of the champion's. Above 0, nothing is a tie in the mean: a model
   * whose only advantage is newer days does not go into service.
   */
  min_gain: z
    .number()
    .min(0)
    .max(0.5, 'must be at most 0.5, because no retraining halves the error: 0.01 requires 1 %')
    .default(0),
  /**
   * Differences up to this share are a tie: a few more rows cause such differences by chance. A tie in the mean goes
   * to the challenger if it was trained on newer days: the same recipe, retrained. Losses of consecutive ties add
   * up, and the sum may not exceed this either. With few series chance has a larger effect (another seed makes 2 % on
   * 19 series).
   */
  tie: z
    .number()
    .min(0)
    .max(0.1, 'must be at most 0.1: with 10 % counted as chance, every model is promoted')
    .default(0.005),
  /**
   * A tie goes to newer days only if the challenger's error on the newest window is at most this many times the mean
   * of its others: above it, those days are a broken export, or a shock about which one window says too little. On 19
   * real series, 29 windows against the 7 before each, only that of Christmas and New Year exceeds 2.35.
   */
  max_newest_ratio: z
    .number()
    .min(1, 'must be at least 1: below it, every window that is harder than the others ends all ties')
    .default(2.5),
  /** Share of the windows without a tie that the challenger must exceed in wins. */
  min_win_share: z
    .number()
    .min(0)
    .lt(1, 'must be below 1, because more than this share has to be won: 0.99 requires every window')
    .default(0.5),
  /** The ratio may exceed this on no window. */
  max_worst_ratio: z
    .number()
    .min(1, 'must be at least 1: below it, a challenger would have to win every window by that much')
    .default(1.1),
  /** Windows that both must have forecast; at most as many as the backtest has (`--windows`). */
  min_windows: z.int().min(1, 'must be a whole number of at least 1').default(4),
  /**
   * The final model's RMSLE on the last window, which it has seen, over that of the model that had not: above this
   * the final fit has failed, whatever the backtest says.
   */
  max_seen_ratio: z
    .number()
    .min(1, 'must be at least 1: below it, models are refused that perform as in their backtest')
    .default(1.25),
  /**
   * Of the forecasts of all series for the days ahead, at most this share may be implausible: far outside the series'
   * past sales. They are not served, so a few do no harm; but a model with many of them is broken.
   */
  max_absurd_share: z
    .number()
    .min(0)
    .max(0.1, 'must be at most 0.1: with one forecast in ten replaced, a model is useless')
    .default(0.001),
  /**
   * With nothing in service, a model may have up to this many times the error of the best baseline in the mean, with
   * a warning. Of the models of 30 random datasets of one series and 90 days, 13 are worse than the best baseline,
   * the worst 1.16 times.
   */
  first_max_ratio: z
    .number()
    .min(1, 'must be at least 1: 1 requires a first model as good as the best baseline')
    .default(1.2),
});
export type GateRules = z.infer<typeof gateRulesSchema>;

export const GATE_DEFAULTS: GateRules = gateRulesSchema.parse({});
