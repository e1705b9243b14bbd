import type { Decision } from '../../../shared/artifacts/decision.ts';
import { summarizeBacktest } from '../../../workers/trainer/evaluate/backtest-summary.ts';
import { CONFORMAL_DEFAULTS } from '../../../workers/trainer/evaluate/intervals/fit-intervals.ts';
import type { FinishedTraining } from '../../../workers/trainer/tracking/describe-run.ts';
import { AT, sampleDecision, sampleManifest } from './sample-trained-model.ts';
import { simulatedWindow } from './simulated-window.ts';

const results = [1, 2, 3].map((seed, i) => simulatedWindow(seed, 17_000 + 16 * i, 0.2));
const backtest = summarizeBacktest(results, ['seasonal_naive'], CONFORMAL_DEFAULTS);
const series = Array.from({ length: 200 }, () => ({ family: 'BREAD' }));

/** A training run of three windows that is about to be published. */
export function sampleTraining(version: string, decision: Partial<Decision> = {}, at = AT): FinishedTraining {
  const fitContext = { series, xgboost: { version: '3.2.0' } };
  const run = { fitContext, results, summary: backtest, recipe: { rounds: 1, params: { max_depth: 6 } } };
  return {
    model: { backtest, run, curve: [] } as unknown as FinishedTraining['model'],
    manifest: sampleManifest(version, at).manifest,
    decision: sampleDecision(version, { decided_at: at.toISOString(), ...decision }),
    startedAt: at,
  };
}
