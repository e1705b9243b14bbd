import { describe, expect, it } from 'vitest';
import { createEngine, type PredictOptions, XgboostWasmError } from 'xgboost-wasm';
import { bitsOf, decodeBytes, decodeFloats, readZoo } from './zoo-file.ts';

const zoo = readZoo(new URL('../zoo/golden/xgboost-3.4.1.json.gz', import.meta.url));
const named = (name: string) => {
  const entry = zoo.cases.find((candidate) => candidate.name === name);
  if (entry === undefined) throw new Error(`the zoo has no ${name}`);
  return { bytes: decodeBytes(entry.model), rows: decodeFloats(entry.rows) };
};

/** The rows repeated, to fill several blocks of the kernels. */
function repeat(rows: Float32Array, times: number): Float32Array {
  return Float32Array.from({ length: rows.length * times }, (_, i) => rows[i % rows.length] ?? 0);
}

describe('floats in the memory of the engine', () => {
  const outputs: readonly PredictOptions[] = [
    { output: 'value' },
    { output: 'margin', iterationRange: [1, 2] },
    { output: 'leaf' },
    { output: 'contributions' },
  ];

  it.each(
    ['depth-8', 'softprob', 'softmax', 'lossguide', 'partition', 'missing-sentinel'].flatMap((name) =>
      outputs.map((options) => [name, options.output ?? '', options] as const),
    ),
  )('are read and written in place: %s, %s', async (name, _output, options) => {
    const engine = await createEngine();
    const { bytes, rows } = named(name);
    const model = engine.load(bytes);
    const many = repeat(rows, 14);
    const expected = bitsOf(model.predict(many, options));
    const input = engine.floats(many.length);
    const output = engine.floats(expected.length + 5);
    input.values.set(many);
    output.values.fill(-7);
    const result = model.predict(input.values, { ...options, out: output.values });
    expect(result.buffer).toBe(output.values.buffer);
    expect(bitsOf(result)).toEqual(expected);
    expect(bitsOf(output.values.subarray(0, expected.length))).toEqual(expected);
    expect([...output.values.subarray(expected.length)]).toEqual([-7, -7, -7, -7, -7]);
    expect(bitsOf(input.values)).toEqual(bitsOf(many));
  });

  it('give a linear model its rows, margins to start from and results', async () => {
    const engine = await createEngine();
    const { bytes, rows } = named('linear');
    const model = engine.load(bytes);
    const input = engine.floats(rows.length);
    const base = engine.floats(rows.length / model.featureCount);
    input.values.set(rows);
    base.values.fill(0.25);
    const own = { baseMargin: Float32Array.from(base.values) };
    for (const output of ['margin', 'contributions'] as const) {
      const expected = bitsOf(model.predict(rows, { output, ...own }));
      expect(bitsOf(model.predict(input.values, { output, baseMargin: base.values }))).toEqual(expected);
    }
  });

  it('keep their numbers when the memory grows, and a view from before is refused, not misread', async () => {
    const engine = await createEngine();
    const { bytes, rows } = named('depth-6');
    const model = engine.load(bytes);
    const expected = bitsOf(model.predict(rows));
    const input = engine.floats(rows.length);
    const old = input.values;
    old.set(rows);
    const before = engine.memoryBytes;
    engine.floats(2 ** 20);
    expect(engine.memoryBytes).toBeGreaterThan(before);
    expect(old.length).toBe(0);
    expect(() => model.predict(old)).toThrow(/rows: is a view from before the memory grew/);
    expect(() => model.predict(rows, { out: old })).toThrow(/out: is a view from before/);
    expect(bitsOf(input.values)).toEqual(bitsOf(rows));
    expect(bitsOf(model.predict(input.values))).toEqual(expected);
  });

  it('are found again when predicting itself makes the memory grow', async () => {
    const engine = await createEngine();
    const { bytes, rows } = named('wide');
    const model = engine.load(bytes);
    const many = repeat(rows, 20);
    const input = engine.floats(many.length);
    input.values.set(many);
    const baseMargin = engine.floats(many.length / model.featureCount);
    const out = engine.floats(baseMargin.length);
    baseMargin.values.fill(0.5);
    const before = engine.memoryBytes;
    const result = model.predict(input.values, {
      output: 'margin',
      baseMargin: baseMargin.values,
      out: out.values,
    });
    expect(engine.memoryBytes).toBeGreaterThan(before);
    const own = { output: 'margin', baseMargin: new Float32Array(baseMargin.length).fill(0.5) } as const;
    expect(bitsOf(result)).toEqual(bitsOf(model.predict(many, own)));
  });

  it('are refused once they are disposed of, and their memory is used again', async () => {
    const engine = await createEngine();
    const { bytes, rows } = named('depth-6');
    const model = engine.load(bytes);
    model.predict(rows);
    engine.floats(1000).dispose();
    const before = engine.memoryBytes;
    for (let i = 0; i < 5000; i++) engine.floats(1000).dispose();
    expect(engine.memoryBytes).toBe(before);
    const input = engine.floats(rows.length);
    const view = input.values;
    input.dispose();
    input.dispose();
    expect(() => input.values).toThrow(XgboostWasmError);
    expect(() => model.predict(view)).toThrow(/rows: is a view of memory that has been disposed of/);
  });

  it('may not take the result where the rows are, nor have a senseless length', async () => {
    const engine = await createEngine();
    const model = engine.load(named('depth-6').bytes);
    const { values } = engine.floats(model.featureCount);
    expect(() => model.predict(values, { out: values.subarray(1) })).toThrow(/out: overlaps rows/);
    for (const length of [-1, 1.5, Number.NaN, 2 ** 40])
      expect(() => engine.floats(length)).toThrow(/length: must be/);
  });
});
