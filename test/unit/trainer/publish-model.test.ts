import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { FEATURE_NAMES } from '../../../shared/features/index.ts';
import { objectKeys } from '../../../shared/models/object-keys.ts';
import { championSchema } from '../../../shared/schemas/manifest.ts';
import { createDirectorySink } from '../../../workers/trainer/publish/directory-object-store.ts';
import {
  createManifest,
  modelVersion,
  PromotionConflictError,
  promoteModel,
  storeModel,
} from '../../../workers/trainer/publish/publish-model.ts';
import type { TrainedModel } from '../../../workers/trainer/train-model.ts';

const AT = new Date('2026-11-23T03:00:00Z');
const table = [Array.from({ length: 16 }, () => 0)];
const MODEL = {
  ubj: new TextEncoder().encode('trees'),
  packed: new TextEncoder().encode('packed trees'),
  description: {
    schema_version: 1,
    feature_names: [...FEATURE_NAMES],
    feature_hash: 'abc',
    categories: {},
    horizon: 16,
    objective: 'reg:squarederror',
    target: 'log1p_minus_anchor',
    conformal: { class_bounds: [], p10: table, p50: table, p90: table, smearing: table },
    backtest: { windows: [], pooled: {} },
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

describe('publishing a model', () => {
  it('names it by time and content, and lists the hash and size of each file', () => {
    const version = modelVersion(MODEL.ubj, AT);
    expect(version).toMatch(/^2026-11-23T030000Z-[0-9a-f]{8}$/);
    const { files } = createManifest(MODEL, version, AT);
    // printf 'packed trees' | sha256sum
    expect(files['model.packed']?.bytes).toBe(12);
    expect(files['model.packed']?.sha256).toBe(
      'a6e4ef8a1234c5937c30d3620fe689c0b60f599c0ef89a4be7c07e6dd9006c54',
    );
    expect(Object.keys(files).sort()).toEqual(['model.packed', 'model.ubj']);
  });

  it('writes the manifest after the files it lists, and the pointer only when asked to', async () => {
    const objects = createDirectorySink(mkdtempSync(join(tmpdir(), 'models-')));
    const written: string[] = [];
    const version = modelVersion(MODEL.ubj, AT);
    await storeModel(
      { put: (key, body) => objects.put(key, body).finally(() => written.push(key)) },
      MODEL,
      createManifest(MODEL, version, AT),
    );
    expect(written.at(-1)).toBe(objectKeys.modelFile(version, 'manifest.json'));
    expect(await objects.get(objectKeys.champion)).toBeNull();
    await promoteModel(objects, version, AT);
    expect(
      championSchema.parse(JSON.parse((await (await objects.get(objectKeys.champion))?.text()) ?? ''))
        .version,
    ).toBe(version);
  });

  it('remembers the champions before, newest first', async () => {
    const objects = createDirectorySink(mkdtempSync(join(tmpdir(), 'models-')));
    for (const version of ['a', 'b', 'c']) await promoteModel(objects, version, AT);
    const { previous } = await promoteModel(objects, 'd', AT);
    expect(previous.map(({ version }) => version)).toEqual(['c', 'b', 'a']);
  });

  it('does not overwrite a pointer that somebody else has moved', async () => {
    const objects = createDirectorySink(mkdtempSync(join(tmpdir(), 'models-')));
    await promoteModel(objects, 'a', AT);
    const overtaken = {
      get: async (key: string) => {
        const read = await objects.get(key);
        await objects.put(
          key,
          JSON.stringify({ version: 'other', promoted_at: AT.toISOString(), previous: [] }),
        );
        return read;
      },
      put: objects.put.bind(objects),
    };
    await expect(promoteModel(overtaken, 'b', AT)).rejects.toThrow(PromotionConflictError);
    expect(await (await objects.get(objectKeys.champion))?.text()).toContain('other');
  });
});
