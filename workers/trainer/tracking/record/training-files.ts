import type { Decision } from '../../../../shared/artifacts/decision.ts';
import type { Manifest } from '../../../../shared/schemas/manifest.ts';
import type { BacktestRun } from '../../evaluate/backtest-dataset.ts';
import { backtestPage } from '../../evaluate/backtest-report/backtest-page.ts';
import { backtestJson, backtestSubtitle } from '../../evaluate/backtest-report/backtest-table.ts';
import { breakdownJson } from '../../evaluate/backtest-report/breakdown-tables.ts';
import type { BacktestSummary } from '../../evaluate/backtest-summary.ts';
import type { Breakdown } from '../../evaluate/breakdown.ts';
import { MODEL_FOLDER } from './describe-training.ts';

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

/**
 * The file `MLmodel` beside a model, by which MLflow knows how to load it: as XGBoost's own booster,
 * `mlflow.xgboost.load_model("models:/retail-demand-edge@champion")`. It is YAML, of which JSON is a part.
 */
export function modelDescription({ created_at, training }: Manifest, file: string): string {
  const description = {
    flavors: {
      xgboost: {
        data: file,
        model_class: 'xgboost.core.Booster',
        model_format: 'ubj',
        xgb_version: training.libraries.xgboost ?? null,
        code: null,
      },
    },
    utc_time_created: created_at.replace('T', ' ').replace('Z', ''),
  };
  return `${JSON.stringify(description, null, 1)}\n`;
}
