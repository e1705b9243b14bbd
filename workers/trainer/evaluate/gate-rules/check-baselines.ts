import type { GateCheck } from '../../../../shared/artifacts/decision.ts';
import { check, errorRatio, errorText, ratioText } from './check.ts';
import type { GateRules } from './rules.ts';

/**
 * A model that has learned something has at most this many times the error on days that it has seen. Of retailers so small
 * that chance decides about baselines, models have 0.003 to 0.28; with shuffled targets, 0.81 to 1.6.
 */
const LEARNED_RATIO = 0.8;

/** Facts about a model without a champion to compare it with. */
export interface FirstModel {
  /**
   * Mean RMSLE of its trees alone over the windows of its backtest: smoothing beats every baseline without them, and
   * would carry trees that have learned nothing.
   */
  readonly treesRmsle: number;
  /** False for a model of exponential smoothing alone: then the error is that of its own forecasts. */
  readonly hasTrees: boolean;
  /** Baseline to its mean RMSLE on the same windows; alternatives (`BacktestSummary`) are no baselines. */
  readonly baselines: Readonly<Record<string, number>>;
  /** RMSLE of the trees on the last window: of the final model's, which have seen it, over those that had not. */
  readonly seenRatio: number;
  /** Whether nothing, or nothing that can be served, is in service without it. */
  readonly isOnlyOne: boolean;
}

/**
 * The check of a model without a champion to compare it with: it has to beat every baseline in the mean. Where
 * nothing can be served without it, it may also be somewhat worse than the best of them: on the few points of a small
 * retailer such differences arise by chance, and a forecast with a known error is better than none. But it must have
 * learned something, which shows on days that the final model has seen.
 *
 * A model of exponential smoothing alone has nothing to learn and cannot be broken as trees can. Its one or two windows
 * are left to chance, so that where nothing can be served without it, it is allowed with any error.
 */
export function checkBaselines(model: FirstModel, { first_max_ratio }: GateRules): GateCheck {
  const { treesRmsle, hasTrees, baselines, seenRatio, isOnlyOne } = model;
  const entries = Object.entries(baselines);
  const text = entries.map(([name, error]) => `${name} ${errorText(error)}`).join(', ') || 'there are none';
  const mean = `the ${hasTrees ? "trees'" : "smoothing's"} mean RMSLE ${errorText(treesRmsle)}`;
  if (entries.length > 0 && entries.every(([, error]) => treesRmsle < error)) {
    return check('baselines', true, `${mean} beats every baseline: ${text}`);
  }
  const missed = `${mean} does not beat every baseline: ${text}`;
  if (!isOnlyOne || entries.length === 0) return check('baselines', false, missed);
  const ratio = errorRatio(treesRmsle, Math.min(...entries.map(([, error]) => error)));
  const times = `${ratioText(ratio)} times the error of the best`;
  if (hasTrees ? !(ratio <= first_max_ratio) : Number.isNaN(ratio)) {
    return check(
      'baselines',
      false,
      `${missed}; ${times} (with nothing in service, at most ${first_max_ratio})`,
    );
  }
  if (hasTrees && !(seenRatio <= LEARNED_RATIO)) {
    const seen = `on days that it has seen, its error is ${ratioText(seenRatio)} times as large (at most ${LEARNED_RATIO})`;
    return check('baselines', false, `${missed}; ${times}, and it has learned nothing: ${seen}`);
  }
  return {
    name: 'baselines',
    outcome: 'warned',
    detail:
      `warning: ${missed}; it goes into service because nothing else is, with ${times}` +
      `${hasTrees ? ` (at most ${first_max_ratio})` : ''}: ` +
      'a forecast with a known error is better than none',
  };
}
