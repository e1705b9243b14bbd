import type { Decision } from '../../../../shared/models/decision.ts';
import type { Manifest } from '../../../../shared/schemas/manifest.ts';
import type { BacktestRun } from '../../backtest/backtest-dataset.ts';
import type { Breakdown } from '../../backtest/breakdown.ts';
import type { BacktestSummary } from '../../backtest/summarize.ts';
import { backtestSubtitle } from '../../report/backtest-subtitle.ts';
import { backtestJson } from '../../report/backtest-table.ts';
import { breakdownJson } from '../../report/breakdown-tables.ts';
import { backtestPage } from '../../report/html/backtest-page.ts';
import { MODEL_FOLDER } from './describe-training.ts';
import { modelDescription } from './model-description.ts';

const MODEL_FILE = 'model.ubj';

/** The files of a training run, by their paths: what was decided and why, the backtest for people and for programs, and
 * the model as MLflow loads it. */
export function trainingFiles({
  manifest,
  decision,
  summary,
  breakdown,
  run,
  ubj,
}: {
  readonly manifest: Manifest;
  readonly decision: Decision;
  readonly summary: BacktestSummary;
  readonly breakdown: Breakdown;
  readonly run: BacktestRun;
  readonly ubj: Uint8Array;
}): ReadonlyMap<string, Uint8Array | string> {
  const title = `Backtest of ${manifest.version}: ${manifest.training.dataset}`;
  const page = backtestPage({ title, subtitle: backtestSubtitle(run), summary, breakdown });
  return new Map<string, Uint8Array | string>([
    ['manifest.json', json(manifest)],
    ['decision.json', json(decision)],
    ['backtest.json', json({ ...backtestJson(summary), ...breakdownJson(breakdown) })],
    ['backtest.html', page],
    [`${MODEL_FOLDER}/${MODEL_FILE}`, ubj],
    [`${MODEL_FOLDER}/MLmodel`, modelDescription(manifest, MODEL_FILE)],
  ]);
}

function json(value: unknown): string {
  return `${JSON.stringify(value, null, 1)}\n`;
}
