import { FEATURE_NAMES, featureDefinitionHash, HORIZON } from '../../shared/features/index.ts';
import type { FeatureContract } from '../../shared/models/verify-model.ts';

/** What the serving code of this build computes for a model. */
export async function featureContract(): Promise<FeatureContract> {
  return { names: FEATURE_NAMES, hash: await featureDefinitionHash(), horizon: HORIZON };
}
