import { z } from 'zod';

/**
 * When a challenger replaces the champion. All ratios are RMSLE of the challenger over RMSLE of the champion on the
 * same window, or of the means over the windows that both have forecast.
 */
export const gateRulesSchema = z.strictObject({
  /** The mean must be lower by more than this share of the champion's. */
  min_gain: z.number().min(0).max(1).default(0),
  /**
   * Differences up to this share are a tie: a few more rows make such differences by chance. A tie in the mean goes to
   * the challenger if it has learned from newer days: the same recipe, retrained. With few series chance does more
   * (another seed makes 2 % on 19 series).
   */
  tie: z.number().min(0).max(0.1).default(0.005),
  /**
   * A tie goes to newer days only if the challenger's error on the newest window is at most this many times the mean of its
   * others: above it, those days are an export that went wrong, or a shock that one window tells too little of. On 19 real
   * series, 29 windows beside the 7 before each, only that of Christmas and New Year goes beyond 2.35.
   */
  max_newest_ratio: z.number().min(1).default(2.5),
  /** Of the windows that are no tie, the challenger must win more than this share. */
  min_win_share: z.number().min(0).max(1).default(0.5),
  /** On no window may the ratio be above this. */
  max_worst_ratio: z.number().min(1).default(1.1),
  /** Windows that both must have forecast. */
  min_windows: z.int().min(1).default(4),
  /**
   * The final model's RMSLE on the last window, which it has seen, over that of the model that had not: above this the
   * final fit went wrong, whatever the backtest says.
   */
  max_seen_ratio: z.number().min(0).default(1.25),
});
export type GateRules = z.infer<typeof gateRulesSchema>;

export const GATE_DEFAULTS: GateRules = gateRulesSchema.parse({});
