import { mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Command } from 'commander';
import { describe, expect, it } from 'vitest';
import { createCategories } from '../../../../../shared/features/index.ts';
import {
  addModelOptions,
  type ModelFlags,
  trainingOptionsOf,
} from '../../../../../workers/trainer/cli/training-flags.ts';
import { resolveRecipe } from '../../../../../workers/trainer/evaluate/early-stopping.ts';
import {
  PARAMETER_DEFAULTS,
  ParameterFileError,
  TRAINING_DEFAULTS,
} from '../../../../../workers/trainer/model/parameters.ts';
import {
  paramsFor,
  recipeOf,
  roundsFor,
  treesPerRound,
} from '../../../../../workers/trainer/model/recipe.ts';
import { openPanelSeries } from '../../../../../workers/trainer/model/series/panel-series.ts';
import type { Xgboost } from '../../../../../workers/trainer/model/xgboost/xgboost.ts';
import { FIRST_DAY, smallDataset } from '../../../../support/datasets/small-dataset.ts';

const flagsOf = (...args: readonly string[]): ModelFlags =>
  addModelOptions(new Command(), TRAINING_DEFAULTS.windows).parse(args, { from: 'user' }).opts();

async function fileWith(text: string): Promise<string> {
  const path = join(await mkdtemp(join(tmpdir(), 'parameters-')), 'params.json');
  await writeFile(path, text);
  return path;
}

describe('the parameters of a model', () => {
  it('are the defaults without flags and file', async () => {
    expect(await trainingOptionsOf(flagsOf())).toEqual(TRAINING_DEFAULTS);
  });

  it('are those of the file, overridden by flags', async () => {
    const path = await fileWith('{ "max_depth": 9, "rounds": 77, "lambda": 3 }');
    expect(await trainingOptionsOf(flagsOf('--params', path, '--rounds', '55', '--seed', '4'))).toEqual({
      ...TRAINING_DEFAULTS,
      max_depth: 9,
      lambda: 3,
      rounds: 55,
      seed: 4,
    });
  });

  it.each([
    ['{ "max_dept": 9 }', /max_dept/],
    ['{ "eta": 0, "subsample": 1.5 }', /eta: .*subsample: /],
    ['{ "rounds": "many" }', /rounds: /],
    ['[]', /the file: /],
    ['{ "eta": ', /cannot be read as JSON/],
  ])('are refused if the file holds %s', async (text, message) => {
    const path = await fileWith(text);
    const refusal = trainingOptionsOf(flagsOf('--params', path));
    await expect(refusal).rejects.toThrow(ParameterFileError);
    await expect(refusal).rejects.toThrow(message);
    await expect(refusal).rejects.toThrow(path);
  });

  it('are refused if the file is missing', async () => {
    await expect(trainingOptionsOf(flagsOf('--params', '/nowhere.json'))).rejects.toThrow(/nowhere\.json/);
  });

  it('reach XGBoost under its own names; growth is leaf-wise only if leaves are limited', () => {
    const { params } = recipeOf({
      ...PARAMETER_DEFAULTS,
      seed: 7,
      min_child_weight: 12,
      num_parallel_tree: 3,
    });
    expect(params).toMatchObject({
      num_parallel_tree: 3,
      min_child_weight: 12,
      max_depth: PARAMETER_DEFAULTS.max_depth,
      seed: 7,
    });
    expect(recipeOf({ ...PARAMETER_DEFAULTS, max_leaves: 0, seed: 1 }).params).not.toHaveProperty(
      'grow_policy',
    );
    expect(recipeOf({ ...PARAMETER_DEFAULTS, max_leaves: 31, seed: 1 }).params).toMatchObject({
      grow_policy: 'lossguide',
      max_leaves: 31,
    });
  });
});

describe('the rounds', () => {
  it('depend on the number of rows, from 60 to 300, by default', async () => {
    expect([500, 7_200, 12_000, 36_000, 300_000].map(roundsFor)).toEqual([60, 60, 100, 300, 300]);
    const dataset = smallDataset(100, ['A']);
    const series = openPanelSeries(dataset, createCategories(dataset.stores, dataset.families));
    const settled = (rounds: number, days: number) =>
      resolveRecipe(
        { series, threads: 1, xgboost: {} as Xgboost },
        { ...PARAMETER_DEFAULTS, rounds, origin_stride: 1, seed: 1 },
        FIRST_DAY + days - 1,
        () => undefined,
      );
    expect((await settled(0, 100)).recipe.rounds).toBe(60);
    expect((await settled(7, 100)).recipe.rounds).toBe(7);
  });
});

describe('the trees of a round', () => {
  it('are one for many rows, more for fewer, and sixteen at most', () => {
    expect([1_000_000, 300_000, 240_001, 110_000, 30_000, 7_000, 500].map(treesPerRound)).toEqual([
      1, 1, 1, 4, 8, 16, 16,
    ]);
    const recipe = recipeOf({ ...PARAMETER_DEFAULTS, seed: 1 });
    expect(paramsFor(recipe, 30_000).num_parallel_tree).toBe(8);
    const asked = recipeOf({ ...PARAMETER_DEFAULTS, num_parallel_tree: 3, seed: 1 });
    expect(paramsFor(asked, 30_000).num_parallel_tree).toBe(3);
  });
});
