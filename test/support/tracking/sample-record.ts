import type { RunPart, TrainingRecord } from '../../../workers/trainer/tracking/record/tracking-record.ts';

const START = Date.parse('2026-11-23T03:00:00Z');

export const SAMPLE_FILES: ReadonlyMap<string, string> = new Map([
  ['manifest.json', '{"version":"sample"}'],
  ['model/model.ubj', 'trees'],
]);

/** A small training run with two windows. */
export function sampleRecord(key: string, fields: Partial<TrainingRecord> = {}): TrainingRecord {
  const part = (name: string, steps: number): RunPart => ({
    part: name,
    name: `${key} ${name}`,
    start_time: START,
    end_time: START + 60_000,
    params: { rounds: '300' },
    tags: { run_key: key, part: name, 'mlflow.runName': `${key} ${name}` },
    metrics: Array.from({ length: steps }, (_, step) => ({
      key: 'rmsle',
      value: 0.5 + step / 4,
      step,
      timestamp: START + 60_000,
    })),
  });
  return {
    schema_version: 1,
    kind: 'training',
    key,
    run: part('run', 2),
    windows: [part('window 2026-11-01', 1), part('window 2026-11-17', 1)],
    artifacts: [...SAMPLE_FILES.keys()],
    model: { folder: 'model', description: 'it is better', tags: { version: key } },
    champion_since: new Date(START).toISOString(),
    ...fields,
  };
}
