import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { objectKeys } from '../../../../../shared/artifacts/object-keys.ts';
import { createDirectorySink } from '../../../../../workers/trainer/publish/object-store/directory-object-store.ts';
import {
  createManifest,
  modelVersion,
  storeModel,
} from '../../../../../workers/trainer/publish/publish-model.ts';
import { AT, sampleModel } from '../../../../support/trainer/sample-trained-model.ts';

const MODEL = sampleModel('small');

describe('publishing a model', () => {
  it('names it by time and content, and lists the hash and size of each file', () => {
    const version = modelVersion(MODEL.ubj, AT);
    expect(version).toMatch(/^2026-11-23T030000Z-[0-9a-f]{8}$/);
    const { files } = createManifest(MODEL, version, AT);
    // printf 'packed trees of small' | sha256sum
    expect(files['model.packed']?.bytes).toBe(21);
    expect(files['model.packed']?.sha256).toBe(
      '7e9aebac79074ee43b7ce7787dfa3457693d5c7be3ce9120a7c1384bfcb5f53d',
    );
    expect(Object.keys(files).sort()).toEqual(['model.packed', 'model.ubj']);
  });

  it('writes the manifest after the files it lists, and no pointer', async () => {
    const objects = createDirectorySink(mkdtempSync(join(tmpdir(), 'models-')));
    const written: string[] = [];
    const version = modelVersion(MODEL.ubj, AT);
    await storeModel(
      { put: (key, body) => objects.put(key, body).finally(() => written.push(key)) },
      MODEL,
      createManifest(MODEL, version, AT),
    );
    expect(written.at(-1)).toBe(objectKeys.modelFile(version, 'manifest.json'));
    expect(await objects.get(objectKeys.current)).toBeNull();
  });
});
