import { mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Command } from 'commander';
import { describe, expect, it } from 'vitest';
import { PARAMETER_DEFAULTS } from '../../../workers/trainer/model-parameters.ts';
import { ParameterFileError } from '../../../workers/trainer/read-parameters.ts';
import { paramsFor, recipeOf, treesPerRound } from '../../../workers/trainer/recipe.ts';
import {
  addModelOptions,
  type ModelFlags,
  trainingOptionsOf,
} from '../../../workers/trainer/training-flags.ts';
import { TRAINING_DEFAULTS } from '../../../workers/trainer/training-options.ts';

const flagsOf = (...args: readonly string[]): ModelFlags =>
  addModelOptions(new Command(), TRAINING_DEFAULTS.windows).parse(args, { from: 'user' }).opts();

async function fileWith(text: string): Promise<string> {
  const path = join(await mkdtemp(join(tmpdir(), 'parameters-')), 'params.json');
  await writeFile(path, text);
  return path;
}

describe('the parameters of a model', () => {
  it('are the defaults where nothing is said', async () => {
    expect(await trainingOptionsOf(flagsOf())).toEqual(TRAINING_DEFAULTS);
  });

  it('are those of the file, and those of the flags before them', async () => {
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
  ])('are refused in a file that holds %s', async (text, message) => {
    const path = await fileWith(text);
    const refusal = trainingOptionsOf(flagsOf('--params', path));
    await expect(refusal).rejects.toThrow(ParameterFileError);
    await expect(refusal).rejects.toThrow(message);
    await expect(refusal).rejects.toThrow(path);
  });

  it('are refused from a file that is not there', async () => {
    await expect(trainingOptionsOf(flagsOf('--params', '/nowhere.json'))).rejects.toThrow(/nowhere\.json/);
  });

  it('reach XGBoost under its own names; leaf-wise growth only where leaves are limited', () => {
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

describe('the trees of a round', () => {
  it('are one for many rows, more the fewer there are, and sixteen at most', () => {
    expect([1_000_000, 300_000, 240_001, 110_000, 30_000, 7_000, 500].map(treesPerRound)).toEqual([
      1, 1, 1, 4, 8, 16, 16,
    ]);
    const recipe = recipeOf({ ...PARAMETER_DEFAULTS, seed: 1 });
    expect(paramsFor(recipe, 30_000).num_parallel_tree).toBe(8);
    const asked = recipeOf({ ...PARAMETER_DEFAULTS, num_parallel_tree: 3, seed: 1 });
    expect(paramsFor(asked, 30_000).num_parallel_tree).toBe(3);
  });
});
