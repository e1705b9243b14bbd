import type { Decision } from '../../../shared/artifacts/decision.ts';
import type { FeatureContract } from '../../../shared/artifacts/load-model.ts';
import { FEATURE_NAMES, HORIZON } from '../../../shared/features/index.ts';
import type { Manifest } from '../../../shared/schemas/manifest.ts';
import type { TrainedModel } from '../../../workers/trainer/evaluate/train-model.ts';
import { createManifest } from '../../../workers/trainer/publish/publish-model.ts';

export const AT = new Date('2026-11-23T03:00:00Z');
export const CONTRACT: FeatureContract = { names: FEATURE_NAMES, hash: 'abc', horizon: HORIZON };

const TABLE = [Array.from({ length: HORIZON }, () => 0)];
const score = (rmsle: number) => ({ rmsle, wape: rmsle / 2, bias: 0, count: 100 });

/** A model whose files hold only its name. */
export function sampleModel(name: string, rmsle = 0.4): TrainedModel {
  const scores = { model: score(rmsle), seasonal_naive: score(0.6), same_weekday_mean_4: score(0.5) };
  return {
    ubj: new TextEncoder().encode(`trees of ${name}`),
    packed: new TextEncoder().encode(`packed trees of ${name}`),
    description: {
      schema_version: 1,
      feature_names: [...FEATURE_NAMES],
      feature_hash: CONTRACT.hash,
      categories: {},
      horizon: HORIZON,
      objective: 'reg:squarederror',
      target: 'log1p_minus_anchor',
      conformal: { class_bounds: [], p10: TABLE, p50: TABLE, p90: TABLE },
      backtest: { windows: [{ origin: '2016-12-15', scores, coverage80: 0.8 }], pooled: scores },
      training: {
        dataset: 'small',
        first_origin: '2016-01-01',
        last_day: '2016-12-31',
        rows: 1,
        series: 1,
        params: {},
        rounds: 1,
        libraries: {},
      },
    },
  } as unknown as TrainedModel;
}

/** @param featureHash of the code that is to serve it */
export function sampleManifest(
  version: string,
  at = AT,
  featureHash = CONTRACT.hash,
): { model: TrainedModel; manifest: Manifest } {
  const sample = sampleModel(version);
  const model = { ...sample, description: { ...sample.description, feature_hash: featureHash } };
  return { model, manifest: createManifest(model, version, at) };
}

export function sampleDecision(version: string, fields: Partial<Decision> = {}): Decision {
  return {
    schema_version: 1,
    version,
    decided_at: AT.toISOString(),
    by: 'gate',
    action: 'promote',
    champion: null,
    reasons: ['it is better'],
    evidence: null,
    ...fields,
  };
}
