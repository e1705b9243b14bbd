import { findOrCreate } from '../mlflow/find-or-create.ts';
import { createModelVersion, ensureRegisteredModel, findModelVersion } from '../mlflow/registry.ts';
import { type TrainingRecord, VERSION_TAG } from '../record/tracking-record.ts';
import type { Sending } from './sending.ts';
import { unlessUnsupported } from './unless-unsupported.ts';

/** What the registered model is, on MLflow's pages. */
export const MODEL_DESCRIPTION =
  'Daily demand by store and product family, 16 days ahead. The alias champion is the model in service.';

/** Registers the model of a run as a version, once. @throws {MlflowError} */
export function registerVersion(
  sending: Sending,
  { key, model }: TrainingRecord,
  run: { readonly run_id: string; readonly artifact_uri: string },
): Promise<void> {
  const { connection, model: name } = sending.target;
  return sending.step('model version', () =>
    unlessUnsupported(sending, async () => {
      await ensureRegisteredModel(connection, name, MODEL_DESCRIPTION);
      await findOrCreate(
        connection,
        () => findModelVersion(connection, name, { key: VERSION_TAG, value: key }),
        () =>
          createModelVersion(connection, {
            model: name,
            source: `${run.artifact_uri}/${model.folder}`,
            runId: run.run_id,
            description: model.description,
            tags: model.tags,
          }),
      );
    }),
  );
}
