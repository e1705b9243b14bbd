import { describe, expect, it } from 'vitest';
import { createEngine, XgboostWasmError } from 'xgboost-wasm';
import { stumps } from './stumps.ts';
import { decodeBytes, readZoo } from './zoo-file.ts';

const engine = await createEngine();
const model = engine.load(stumps([-1, 0, 1]));
const rows = Float32Array.of(0);

/** The error of a call that must fail. */
function errorOf(call: () => unknown): XgboostWasmError {
  try {
    call();
  } catch (error) {
    if (error instanceof XgboostWasmError) return error;
    throw error;
  }
  throw new Error('nothing was refused');
}

describe('predict refuses what would silently mean something else, naming option, value and remedy', () => {
  it.each<[unknown, string, RegExp]>([
    [{ missing: null }, 'missing', /is null: give a number, or leave it out/],
    [{ missing: '0' }, 'missing', /is the string '0': give a number/],
    [{ missing: [0] }, 'missing', /is the array \[0\]: give a number/],
    [
      { mising: 0 },
      'mising',
      /is not an option: the options are output, iterationRange, baseMargin, missing, out/,
    ],
    [{ iteration_range: [0, 1] }, 'iteration_range', /is not an option/],
    [{ output: null }, 'output', /unknown output 'null': give one of value, margin, leaf, contributions/],
    [{ output: 'margins' }, 'output', /unknown output 'margins'/],
    [{ iterationRange: null }, 'iterationRange', /is null: give two whole numbers/],
    [{ iterationRange: 2 }, 'iterationRange', /is 2: give two whole numbers/],
    [{ iterationRange: [1] }, 'iterationRange', /is the array \[1\]/],
    [{ iterationRange: [0, 1, 2] }, 'iterationRange', /is the array \[0, 1, 2\]/],
    [{ iterationRange: ['0', '1'] }, 'iterationRange', /two whole numbers/],
    [{ iterationRange: [0, 0.5] }, 'iterationRange', /two whole numbers/],
    [{ baseMargin: null }, 'baseMargin', /is null: give a Float32Array/],
    [{ baseMargin: [0] }, 'baseMargin', /is the array \[0\]: give a Float32Array/],
    [{ out: {} }, 'out', /is an object: give a Float32Array/],
    [null, 'options', /is null: give an object, or leave it out/],
    ['margin', 'options', /is the string 'margin': give an object/],
  ])('%j', (options, path, message) => {
    const error = errorOf(() => model.predict(rows, options as never));
    expect([error.code, error.path]).toEqual(['invalid-input', path]);
    expect(error.message).toMatch(message);
  });

  it.each([[null], [undefined], [[0]], [new Float64Array(1)]])('rows that are %j', (given) => {
    const error = errorOf(() => model.predict(given as never));
    expect([error.code, error.path]).toEqual(['invalid-input', 'rows']);
    expect(error.message).toMatch(/give a Float32Array/);
  });

  it('while undefined counts as not given', () => {
    const options = {
      missing: undefined,
      output: undefined,
      iterationRange: undefined,
      baseMargin: undefined,
    };
    expect(model.predict(rows, options as never)).toEqual(model.predict(rows));
  });
});

describe('other options are checked in the same way', () => {
  it.each<[unknown, string]>([
    [{ contribution: false }, 'contribution'],
    [{ contributions: 'no' }, 'contributions'],
    [null, 'options'],
  ])('pack(%j)', (options, path) => {
    const error = errorOf(() => model.pack(options as never));
    expect([error.code, error.path]).toEqual(['invalid-input', path]);
  });

  it.each([{ wasn: 1 }, { wasm: null }, { wasm: 'kernels.wasm' }, null])(
    'createEngine(%j)',
    async (options) => {
      await expect(createEngine(options as never)).rejects.toMatchObject({
        code: 'invalid-input',
        path: expect.stringMatching(/^(wasn|wasm|options)$/),
      });
    },
  );
});

it('a missing value that float32 has to round is met in every output, of a linear model too', () => {
  const zoo = readZoo(new URL('../zoo/golden/xgboost-3.4.1.json.gz', import.meta.url));
  const entry = zoo.cases.find((candidate) => candidate.name === 'linear');
  if (entry === undefined) throw new Error('the zoo has no linear');
  const linear = engine.load(decodeBytes(entry.model));
  const given = new Float32Array(linear.featureCount).fill(0.1);
  const missing = new Float32Array(linear.featureCount).fill(Number.NaN);
  for (const output of ['margin', 'contributions'] as const) {
    expect(linear.predict(given, { output, missing: 0.1 })).toEqual(linear.predict(missing, { output }));
  }
});
