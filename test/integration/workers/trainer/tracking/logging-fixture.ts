import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ObjectStore } from '../../../../../shared/artifacts/object-store.ts';
import { connect, readConfiguration } from '../../../../../workers/trainer/tracking/configuration.ts';
import { listMissing, logMissing } from '../../../../../workers/trainer/tracking/log-missing.ts';

let names = 0;

/** Names of an experiment and of a registered model. */
export interface Names {
  readonly experiment: string;
  readonly model: string;
}

/** Names that no other test uses. */
export function newNames(): Names {
  names++;
  return { experiment: `experiment ${names}`, model: `model-${names}` };
}

/** The variables that a user sets to track runs. */
export function environmentOf(uri: string, { experiment, model }: Names) {
  return {
    MLFLOW_TRACKING_URI: uri,
    MLFLOW_EXPERIMENT_NAME: experiment,
    MLFLOW_REGISTERED_MODEL_NAME: model,
    TRACKING_DIRECTORY: join(tmpdir(), 'no-runs-of-earlier-releases'),
  };
}

export const newDirectory = () => mkdtemp(join(tmpdir(), 'tracking-'));

function targetOf(uri: string, targetNames: Names, environment: Readonly<Record<string, string>> = {}) {
  const target = connect(readConfiguration({ ...environmentOf(uri, targetNames), ...environment }));
  return { ...target, connection: { ...target.connection, sleep: () => Promise.resolve() } };
}

/** Logs what is missing as a new process would, without waiting between attempts. */
export async function log(
  store: ObjectStore,
  uri: string,
  targetNames: Names,
  environment: Readonly<Record<string, string>> = {},
) {
  const notes: string[] = [];
  const outcome = await logMissing(store, targetOf(uri, targetNames, environment), {
    onProgress: () => undefined,
    onNote: (note) => notes.push(note),
  });
  return { ...outcome, notes };
}

/** The versions in a store that a server lacks. */
export function missing(store: ObjectStore, uri: string, targetNames: Names): Promise<string[]> {
  return listMissing(store, targetOf(uri, targetNames));
}
