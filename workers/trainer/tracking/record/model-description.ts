import type { Manifest } from '../../../../shared/schemas/manifest.ts';

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
