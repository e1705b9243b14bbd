import type { Engine, Model, PredictOptions } from 'xgboost-wasm';
import { naiveContributions } from './naive-contributions.ts';
import { drawModel, type RandomModel } from './random-model.ts';
import { ReferenceWalker } from './reference-walker.ts';

/** Rows that are also predicted one by one, and rows whose contributions are summed naively. */
const SINGLE_ROWS = 5;
const EXPLAINED_ROWS = 2;
/** As for the zoo: relative to the row's largest contribution. */
const CONTRIBUTION_TOLERANCE = 1e-4;

/** The plain walker's results for a model. */
interface Expected {
  readonly margins: Float32Array;
  readonly fromBase: Float32Array;
  readonly ranged: Float32Array;
  readonly leaves: Float32Array;
}

/** The rounds of the ranged comparison: all but the first and the last, if there are enough. */
function rangeOf(model: RandomModel): readonly [number, number] {
  return model.roundCount > 2 ? [1, model.roundCount - 1] : [0, 1];
}

function rowOf(model: RandomModel, i: number): Float32Array {
  const row = model.rows.slice(i * model.featureCount, (i + 1) * model.featureCount);
  return row.map((x) => (x === model.missing ? Number.NaN : x));
}

function walk(model: RandomModel, walker: ReferenceWalker): Expected {
  const { rowCount, groupCount, treeCount, treesPerRound } = model;
  const [first, last] = rangeOf(model);
  const expected = {
    margins: new Float32Array(rowCount * groupCount).fill(model.baseScore),
    fromBase: model.baseMargin.slice(),
    ranged: new Float32Array(rowCount * groupCount).fill(model.baseScore),
    leaves: new Float32Array(rowCount * treeCount),
  };
  for (let i = 0; i < rowCount; i++) {
    const row = rowOf(model, i);
    const own = (margins: Float32Array): Float32Array =>
      margins.subarray(i * groupCount, (i + 1) * groupCount);
    walker.add(row, own(expected.margins));
    walker.add(row, own(expected.fromBase));
    walker.add(row, own(expected.ranged), first * treesPerRound, last * treesPerRound);
    walker.trees.forEach((tree, t) => {
      expected.leaves[i * treeCount + t] = walker.leafOf(tree, row);
    });
  }
  return expected;
}

/** "3 of 40, first at 7: got 1, expected 2", or empty if all bits are equal; NaN equals NaN. */
function difference(actual: Float32Array, expected: Float32Array): string | undefined {
  if (actual.length !== expected.length) return `${actual.length} numbers, expected ${expected.length}`;
  let wrong = 0;
  let first = -1;
  for (let i = 0; i < actual.length; i++) {
    if (Object.is(actual[i], expected[i])) continue;
    if (wrong++ === 0) first = i;
  }
  if (wrong === 0) return undefined;
  const [got, right] = [actual[first] ?? 0, expected[first] ?? 0].map((x) => (Object.is(x, -0) ? '-0' : x));
  return `${wrong} of ${actual.length} wrong, first at ${first}: got ${got}, expected ${right}`;
}

function contributionProblems(model: RandomModel, loaded: Model, walker: ReferenceWalker): string[] {
  if (!model.explainable || Number.isNaN(loaded.predict(rowOf(model, 0), { output: 'margin' })[0])) return [];
  const { groupCount, featureCount, missing } = model;
  const base = new Float32Array(groupCount).fill(model.baseScore);
  const problems: string[] = [];
  const count = Math.min(EXPLAINED_ROWS, model.rowCount);
  const rows = model.rows.subarray(0, count * featureCount);
  const actual = loaded.predict(rows, { output: 'contributions', missing });
  const stride = featureCount + 1;
  for (let i = 0; i < count; i++) {
    const expected = naiveContributions(walker, rowOf(model, i), base);
    for (let group = 0; group < groupCount; group++) {
      const right = expected.subarray(group * stride, (group + 1) * stride);
      const scale = right.reduce((most, value) => Math.max(most, Math.abs(value)), 1e-6);
      right.forEach((value, f) => {
        const got = actual[(i * groupCount + group) * stride + f] ?? Number.NaN;
        if (Math.abs(got - value) <= CONTRIBUTION_TOLERANCE * scale) return;
        problems.push(`contribution ${f} of row ${i}, output ${group}: got ${got}, expected ${value}`);
      });
    }
  }
  return problems;
}

function kernelProblems(model: RandomModel, loaded: Model, expected: Expected): string[] {
  const { rows, featureCount, groupCount, rowCount, treeCount, baseMargin, missing } = model;
  const problems: string[] = [];
  const compare = (
    what: string,
    options: PredictOptions,
    right: Float32Array,
    from = 0,
    to = rowCount,
  ): void => {
    const some = rows.subarray(from * featureCount, to * featureCount);
    const found = difference(loaded.predict(some, { missing, ...options }), right);
    if (found !== undefined) problems.push(`${what}: ${found}`);
  };
  compare('margins', { output: 'margin' }, expected.margins);
  compare('margins from a base', { output: 'margin', baseMargin }, expected.fromBase);
  compare('margins of some rounds', { output: 'margin', iterationRange: rangeOf(model) }, expected.ranged);
  compare('leaves', { output: 'leaf' }, expected.leaves);
  for (let i = 0; i < Math.min(SINGLE_ROWS, rowCount); i++) {
    const one = expected.margins.subarray(i * groupCount, (i + 1) * groupCount);
    compare(`margins of row ${i} alone`, { output: 'margin' }, one, i, i + 1);
    const leaves = expected.leaves.subarray(i * treeCount, (i + 1) * treeCount);
    compare(`leaves of row ${i} alone`, { output: 'leaf' }, leaves, i, i + 1);
  }
  return problems;
}

/** Rows and results in the engine's own memory. */
function inPlaceProblems(engine: Engine, model: RandomModel, loaded: Model, expected: Expected): string[] {
  const input = engine.floats(model.rows.length);
  const output = engine.floats(expected.margins.length);
  input.values.set(model.rows);
  // The scratch memory has grown by now, so the views stay valid during the call.
  loaded.predict(input.values, { output: 'margin', missing: model.missing, out: output.values });
  const found = difference(output.values, expected.margins);
  input.dispose();
  output.dispose();
  return found === undefined ? [] : [`margins in place: ${found}`];
}

/**
 * Runs the model of a seed through every kernel (batch, one row, leaves, rounds, contributions; loaded, packed and
 * packed without contributions) and compares with the plain walker.
 *
 * @returns the kernel that the engine chose, and the differences
 */
export function compareKernels(engine: Engine, seed: number): { kernel: string; problems: string[] } {
  const model = drawModel(seed);
  const walker = new ReferenceWalker(model.bytes);
  const expected = walk(model, walker);
  let loaded: Model;
  try {
    loaded = engine.load(model.bytes);
  } catch (error) {
    return { kernel: 'none', problems: [`refused: ${String(error)}`] };
  }
  const forms: readonly [string, Model, boolean][] = [
    ['loaded', loaded, true],
    ['packed', engine.loadPacked(loaded.pack()), true],
    ['packed without contributions', engine.loadPacked(loaded.pack({ contributions: false })), false],
  ];
  const problems = forms.flatMap(([form, candidate, explains]) => {
    const found = kernelProblems(model, candidate, expected);
    if (explains) found.push(...contributionProblems(model, candidate, walker));
    return found.map((problem) => `${form}: ${problem}`);
  });
  problems.push(...inPlaceProblems(engine, model, loaded, expected));
  for (const [, candidate] of forms) candidate.dispose();
  return { kernel: loaded.kernel, problems };
}
