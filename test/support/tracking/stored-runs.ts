import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ObjectStore } from '../../../shared/artifacts/object-store.ts';
import { promote } from '../../../workers/trainer/publish/change-champion.ts';
import { createDirectorySink } from '../../../workers/trainer/publish/object-store/directory-object-store.ts';
import { storeModel } from '../../../workers/trainer/publish/publish-model.ts';
import type { RunPart } from '../../../workers/trainer/tracking/mlflow/runs.ts';
import { type RunRecord, storeRunRecord } from '../../../workers/trainer/tracking/run-record.ts';
import { CONTRACT, sampleManifest } from '../trainer/sample-trained-model.ts';

const START = Date.parse('2026-11-23T03:00:00Z');

/** The files of a stored run, by their paths in MLflow. */
export const SAMPLE_FILES = ['backtest.json', 'manifest.json', 'model/MLmodel', 'model/model.ubj'] as const;

/** A small training run with two windows. */
export function sampleRecord(version: string, fields: Partial<RunRecord> = {}): RunRecord {
  const part = (name: string, steps: number): RunPart => ({
    part: name,
    name: `${version} ${name}`,
    start_time: START,
    end_time: START + 60_000,
    params: { rounds: '300' },
    tags: { run_key: version, part: name, 'mlflow.runName': `${version} ${name}` },
    metrics: Array.from({ length: steps }, (_, step) => ({
      key: 'rmsle',
      value: 0.5 + step / 4,
      step,
      timestamp: START + 60_000,
    })),
  });
  return {
    schema_version: 1,
    version,
    run: part('run', 2),
    windows: [part('window 2026-11-01', 1), part('window 2026-11-17', 1)],
    model: { description: 'it is better', tags: { version } },
    reports: { 'backtest.json': '{}' },
    ...fields,
  };
}

export function newStore(): ObjectStore {
  return createDirectorySink(mkdtempSync(join(tmpdir(), 'published-')));
}

/** Leaves what a training run leaves: its record, and its model. */
export async function storeRun(store: ObjectStore, record: RunRecord): Promise<void> {
  await storeRunRecord(store, record);
  await storeSampleModel(store, record.version);
}

/** Leaves a model of which no run is recorded. */
export async function storeSampleModel(store: ObjectStore, version: string): Promise<void> {
  const { model, manifest } = sampleManifest(version);
  await storeModel(store, model, manifest);
}

/** Puts a model into service, as publishing does last. */
export async function serve(store: ObjectStore, version: string, at = new Date(START)): Promise<void> {
  await promote(store, version, CONTRACT, at);
}

/** A store with these runs, of which the last is in service. */
export async function storeOf(...versions: readonly string[]): Promise<ObjectStore> {
  const store = newStore();
  for (const version of versions) {
    await storeRun(store, sampleRecord(version));
    await serve(store, version);
  }
  return store;
}
