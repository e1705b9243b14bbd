import { describe, expect, it } from 'vitest';
import { artifactFolder } from '../../../../../../workers/trainer/tracking/mlflow/artifacts.ts';
import { batchesOf } from '../../../../../../workers/trainer/tracking/mlflow/runs.ts';
import { sampleRecord } from '../../../../../support/tracking/stored-runs.ts';

const numbered = (count: number, value = 'x') =>
  Object.fromEntries(Array.from({ length: count }, (_, i) => [`name_${i}`, value]));

describe('batches', () => {
  it('hold at most 1,000 items, of which 100 params and 100 tags, and together everything once', () => {
    const metrics = Array.from({ length: 2345 }, (_, step) => ({ key: 'a', value: 1, step, timestamp: 5 }));
    const part = { ...sampleRecord('x').run, metrics, params: numbered(350), tags: numbered(120) };
    const batches = batchesOf(part);
    for (const { metrics, params, tags } of batches) {
      expect(params.length).toBeLessThanOrEqual(100);
      expect(tags.length).toBeLessThanOrEqual(100);
      expect(metrics.length + params.length + tags.length).toBeLessThanOrEqual(1000);
    }
    expect(batches.flatMap((batch) => batch.metrics)).toEqual(metrics);
    expect(
      Object.fromEntries(batches.flatMap(({ params }) => params.map(({ key, value }) => [key, value]))),
    ).toEqual(part.params);
    expect(batches.flatMap(({ tags }) => tags)).toHaveLength(120);
  });

  it('truncate values that are too long, between characters', () => {
    const run = { ...sampleRecord('x').run, params: { long: 'é'.repeat(3001), fits: 'é'.repeat(3000) } };
    const values = Object.fromEntries(batchesOf(run)[0]?.params.map(({ key, value }) => [key, value]) ?? []);
    expect(values.fits).toBe('é'.repeat(3000));
    expect(values.long).toBe(`${'é'.repeat(2998)}...`);
  });

  it('are empty without any data', () => {
    expect(batchesOf({ ...sampleRecord('x').run, metrics: [], params: {}, tags: {} })).toEqual([]);
  });
});

describe('the artifact folder', () => {
  const base = 'https://host.example:8080/user/repo.mlflow';

  it.each([
    ['mlflow-artifacts:/1/abc/artifacts', 'mlflow-artifacts/artifacts/1/abc/artifacts'],
    ['mlflow-artifacts://host.example:8080/1/abc/artifacts', 'mlflow-artifacts/artifacts/1/abc/artifacts'],
    [
      `${base}/api/2.0/mlflow-artifacts/artifacts/x/abc/artifacts`,
      'mlflow-artifacts/artifacts/x/abc/artifacts',
    ],
  ])("is behind the server's proxy: %s", (uri, folder) => {
    expect(artifactFolder(base, uri)).toBe(folder);
  });

  it.each([
    's3://bucket/1/abc/artifacts',
    'file:///srv/mlruns/1/abc/artifacts',
    '/srv/mlruns/1/abc/artifacts',
    'mlflow-artifacts://other.example/1/abc/artifacts',
    'https://other.example/api/2.0/mlflow-artifacts/artifacts/x',
    '',
  ])('is out of reach: %s', (uri) => {
    expect(artifactFolder(base, uri)).toBe(null);
  });
});
