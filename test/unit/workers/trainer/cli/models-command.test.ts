import { mkdtempSync } from 'node:fs';
import { utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import { listModels, showModel } from '../../../../../shared/artifacts/list-models.ts';
import { FEATURE_CONTRACT } from '../../../../../shared/artifacts/load-model.ts';
import { datasetNames, objectKeys } from '../../../../../shared/artifacts/object-keys.ts';
import type { ObjectStore } from '../../../../../shared/artifacts/object-store.ts';
import { readDecisions, recordDecision } from '../../../../../shared/artifacts/registry.ts';
import { createModelsCommand } from '../../../../../workers/trainer/cli/models-command.ts';
import { createDirectorySink } from '../../../../../workers/trainer/publish/object-store/directory-object-store.ts';
import { createManifest, storeModel } from '../../../../../workers/trainer/publish/publish-model.ts';
import { publishSampleDataset } from '../../../../support/pipeline/published-dataset.ts';
import { sampleDecision, sampleModel } from '../../../../support/trainer/sample-trained-model.ts';

const NOW = new Date('2026-11-25T10:00:00Z');
const LATER = new Date('2026-11-26T10:00:00Z');
let directory: string;
let store: ObjectStore;

/** Stores models of this release, each a day newer than the one before. */
async function storeModels(...versions: readonly string[]): Promise<void> {
  const { hash } = FEATURE_CONTRACT;
  for (const [i, version] of versions.entries()) {
    const sample = sampleModel(version);
    const model = { ...sample, description: { ...sample.description, feature_hash: hash } };
    await storeModel(store, model, createManifest(model, version, new Date(Date.UTC(2026, 10, 20 + i))));
  }
}

/** Runs the command and returns its output. */
function models(...args: readonly string[]): Promise<string> {
  return modelsAt(NOW, ...args);
}

async function modelsAt(now: Date, ...args: readonly string[]): Promise<string> {
  const printed: string[] = [];
  await createModelsCommand(now, (text) => printed.push(text)).parseAsync([...args, '--in', directory], {
    from: 'user',
  });
  return printed.join('\n');
}

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'models-'));
  store = createDirectorySink(directory);
});

describe('npm run models', () => {
  it('lists models, newest first, with their state and last decision', async () => {
    await storeModels('a', 'b', 'c');
    await recordDecision(store, sampleDecision('c', { action: 'refuse', reasons: ['it is worse'] }));
    await models('promote', 'a');
    await models('promote', 'b');
    await store.delete(objectKeys.modelFile('a', 'model.ubj'));
    const entries = await listModels(store);
    expect(entries.map(({ version, state }) => [version, state])).toEqual([
      ['c', 'stored'],
      ['b', 'champion'],
      ['a', 'incomplete'],
    ]);
    const rows = (await models('list')).split('\n').filter((line) => /│ [abc] /.test(line));
    expect(rows[0]).toMatch(/c .*stored.*2016-12-31.*0\.4000.*20\.0 %.*1 of 1.*refused \(gate\)/);
    expect(rows[1]).toMatch(/b .*champion.*promoted \(manual\)/);
    expect(rows[2]).toMatch(/a .*incomplete.*without model.ubj/);
  });

  it('lists a champion whose files are missing', async () => {
    await storeModels('a', 'b');
    await models('promote', 'a');
    for (const file of ['model.ubj', 'model.packed', 'manifest.json'] as const) {
      await store.delete(objectKeys.modelFile('a', file));
    }
    for (const key of await store.list(objectKeys.decisions('a'))) await store.delete(key);
    expect((await listModels(store)).find(({ version }) => version === 'a')).toMatchObject({
      state: 'incomplete',
      missing: ['manifest.json'],
    });
  });

  it('shows the champion or a version, with the reasons of every decision', async () => {
    await storeModels('a', 'b');
    await recordDecision(store, sampleDecision('b', { action: 'refuse', reasons: ['it is worse'] }));
    await models('promote', 'a');
    expect(await models('show')).toMatch(/^a: champion, promoted at 2026-11-25T10:00:00.000Z/);
    const text = await models('show', 'b');
    expect(text).toContain('refused (gate)\n  - it is worse');
    expect(text).toContain('seasonal_naive: RMSLE 0.6000');
    await expect(models('show', 'x')).rejects.toThrow('there is no model x (known: b, a)');
  });

  it('promotes and rolls back, and records who did it', async () => {
    await storeModels('a', 'b');
    expect(await models('promote', 'a')).toBe('a is in service');
    expect(await models('promote', 'b')).toBe('b is in service, in place of a');
    expect(await models('promote', 'b')).toBe('b is already in service');
    expect(await models('rollback')).toBe('a is in service, in place of b');
    expect((await showModel(store, undefined)).version).toBe('a');
    expect(
      (await readDecisions(store, 'b')).map(({ action, by, champion }) => [action, by, champion]),
    ).toEqual([['promote', 'manual', 'a']]);
    await expect(models('rollback')).rejects.toThrow(/promote a stored version instead/);
  });

  it('records nothing when nothing changes', async () => {
    await storeModels('a');
    await models('promote', 'a');
    const written = await store.list(objectKeys.models);
    const later: string[] = [];
    await createModelsCommand(new Date('2026-11-26T10:00:00Z'), (text) => later.push(text)).parseAsync(
      ['promote', 'a', '--in', directory],
      { from: 'user' },
    );
    expect(later).toEqual(['a is already in service']);
    expect(await store.list(objectKeys.models)).toEqual(written);
  });

  it('rolls back to a given version', async () => {
    await storeModels('a', 'b', 'c');
    for (const version of ['a', 'b', 'c']) await models('promote', version);
    expect(JSON.parse(await models('rollback', '--to', 'a', '--json'))).toEqual({
      champion: 'a',
      from: 'c',
      previous: [],
      publication: expect.stringMatching(/^2026-/),
    });
  });

  it('rolls back the data alone or a whole publication, and lists what to roll back to', async () => {
    await storeModels('a', 'b');
    await models('promote', 'a');
    await publishSampleDataset(store);
    await models('promote', 'b');
    await publishSampleDataset(store, new Map([[datasetNames.intraday, { days: {} }]]));
    const rows = JSON.parse(await models('publications', '--json')) as { id: string; model: string }[];
    expect(rows.map(({ model }) => model)).toEqual(['b', 'b', 'a', 'a']);
    expect(await models('publications')).toMatch(new RegExp(`${rows[0]?.id} .*in service.*invented.* b `));
    expect(await models('rollback', '--part', 'data')).toMatch(
      /^b stays in service, now in publication 2026-/,
    );
    expect(await models('rollback', '--part', 'both', '--to', rows[3]?.id ?? '')).toBe(
      'a is in service, in place of b',
    );
  });

  it('records a rollback, with its reason, under the version that was left as well', async () => {
    await storeModels('a', 'b');
    await models('promote', 'a');
    await models('promote', 'b');
    await modelsAt(LATER, 'rollback', '--reason', 'promotions are wrong');
    const decisionsOf = async (version: string) => {
      const decision = (await readDecisions(store, version)).at(-1);
      return [decision?.action, decision?.by, decision?.champion, ...(decision?.reasons ?? [])];
    };
    expect(await decisionsOf('b')).toEqual([
      'withdraw',
      'manual',
      'b',
      'by hand, a is in service again',
      'promotions are wrong',
    ]);
    expect(await decisionsOf('a')).toEqual([
      'rollback',
      'manual',
      'b',
      'by hand, in place of b',
      'promotions are wrong',
    ]);
    expect(await models('show', 'b')).toContain(
      'replaced by a rollback (manual)\n  - by hand, a is in service again\n  - promotions are wrong',
    );
    expect(await models('list')).toMatch(/ b .*stored.*replaced by a rollback \(manual\)/);
  });

  it('holds the champion, with or without a rollback, and releases it', async () => {
    await storeModels('a', 'b');
    await models('promote', 'a');
    await models('promote', 'b', '--reason', 'better at promotions');
    expect(await models('show', 'b')).toContain('  - better at promotions');
    expect(await modelsAt(LATER, 'rollback', '--hold', '--reason', 'promotions are wrong')).toBe(
      'a is in service, in place of b; it is held (promotions are wrong): ' +
        'no training run replaces it until `npm run models -- release`',
    );
    expect(await models('list')).toMatch(/ a .*champion, held/);
    expect(await models('show')).toContain('held since 2026-11-26T10:00:00.000Z: promotions are wrong');
    expect(JSON.parse(await models('list', '--json'))).toContainEqual(
      expect.objectContaining({
        version: 'a',
        hold: expect.objectContaining({ reason: 'promotions are wrong' }),
      }),
    );
    expect(await models('promote', 'b')).toContain('b is in service, in place of a; it is held');
    expect(await models('release')).toBe('b is released: training runs may replace it');
    expect(await models('release')).toBe('b is not held');
    const lateStill = new Date('2026-11-27T10:00:00Z');
    expect(JSON.parse(await modelsAt(lateStill, 'hold', '--json'))).toEqual({
      champion: 'b',
      hold: { since: lateStill.toISOString(), reason: 'by hand, no reason was given' },
      hold_before: null,
    });
    expect(await models('show')).toContain('held (manual)\n  - by hand, no training run replaces it');
  });

  it('prunes by rule, and with --dry-run only lists', async () => {
    await storeModels('a', 'b', 'c', 'd');
    await models('promote', 'b');
    const year = 366 * 86_400_000;
    for (const key of await store.list('models/')) {
      // Last in the alphabet is newest.
      const then = (NOW.getTime() - year) / 1000 + key.charCodeAt('models/'.length);
      await utimes(join(directory, key), then, then);
    }
    const rules = ['--keep-versions', '1', '--keep-days', '30'];
    const files = await store.list('models/');
    expect(await models('prune', '--dry-run', ...rules)).toMatch(
      /kept b: in service\nkept d: newest\nwould be removed: a\nwould be removed: c\n2 models, 0 batch forecasts and 0 other objects would be removed, 2 models kept/,
    );
    expect(await store.list('models/')).toEqual(files);
    const summary = JSON.parse(await models('prune', '--json', ...rules));
    expect(summary).toMatchObject({ champion: 'b', forecasts: [] });
    expect(summary.removed).toHaveLength(2);
    expect((await listModels(store)).map(({ version }) => version)).not.toContain('a');
    expect(await models('prune', ...rules)).toContain(
      '0 models, 0 batch forecasts and 0 other objects removed, 2 models kept',
    );
  });

  it('prints JSON', async () => {
    await storeModels('a', 'b');
    await models('promote', 'b');
    const list = JSON.parse(await models('list', '--json')) as { version: string; state: string }[];
    expect(list.map(({ version, state }) => [version, state])).toEqual([
      ['b', 'champion'],
      ['a', 'stored'],
    ]);
    expect(JSON.parse(await models('show', '--json'))).toMatchObject({
      version: 'b',
      scores: { rmsle: 0.4, wape: 0.2, windows: 1, windows_won: 1 },
      decisions: [{ by: 'manual', action: 'promote', champion: null }],
    });
  });

  it('reports a dataset without a model and nothing in service', async () => {
    await publishSampleDataset(store);
    expect(await models('list')).toBe(`${directory} has no models`);
    await expect(models('show')).rejects.toThrow('nothing is in service: name a version');
    await expect(models('hold')).rejects.toThrow('nothing is in service');
  });

  it('distinguishes a directory without a publication from a missing directory and from a file', async () => {
    const name = /name where `npm run train -- --out` published with --in/;
    await writeFile(join(directory, 'notes.txt'), 'not a model');
    await store.put('models/notes.txt', 'not a model either');
    for (const args of [['list'], ['list', '--json'], ['show'], ['prune'], ['rollback']]) {
      await expect(models(...args)).rejects.toThrow(/holds no publication: neither models nor a dataset/);
      await expect(models(...args)).rejects.toThrow(name);
    }
    const empty = directory;
    directory = join(empty, 'nowhere');
    await expect(models('list')).rejects.toThrow(/nowhere does not exist: name where/);
    directory = join(empty, 'notes.txt');
    await expect(models('list')).rejects.toThrow(/notes.txt is not a directory: name where/);
  });

  it('stays within the directory', async () => {
    await storeModels('a');
    await expect(models('promote', '../../etc')).rejects.toThrow(/is not an object key/);
  });
});
