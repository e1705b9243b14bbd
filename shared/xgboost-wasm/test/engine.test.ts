import { describe, expect, it } from 'vitest';
import { createEngine, XgboostWasmError } from 'xgboost-wasm';
import { bitsOf, decodeBytes, decodeFloats, readZoo } from './zoo-file.ts';

const zoo = readZoo(new URL('../zoo/golden/xgboost-3.4.1.json.gz', import.meta.url));
const named = (name: string) => {
  const entry = zoo.cases.find((candidate) => candidate.name === name);
  if (entry === undefined) throw new Error(`the zoo has no ${name}`);
  return { bytes: decodeBytes(entry.model), rows: decodeFloats(entry.rows), entry };
};
const engine = await createEngine();

/** The rows repeated, to fill several blocks of the batch kernel. */
function repeat(rows: Float32Array, times: number): Float32Array {
  const many = new Float32Array(rows.length * times);
  for (let i = 0; i < times; i++) many.set(rows, i * rows.length);
  return many;
}

describe('predict', () => {
  it.each([
    'depth-8',
    'depth-10',
    'partition',
    'partition-wide',
    'softprob',
    'vector-leaf',
    'missing-half',
    'wide',
  ])('gives %s the same numbers one row at a time and in blocks', (name) => {
    const { bytes, rows } = named(name);
    const model = engine.load(bytes);
    const single: number[] = [];
    for (let at = 0; at < rows.length; at += model.featureCount) {
      single.push(...bitsOf(model.predict(rows.subarray(at, at + model.featureCount), { output: 'margin' })));
    }
    const batch = bitsOf(model.predict(repeat(rows, 17), { output: 'margin' }));
    expect(batch.slice(0, single.length)).toEqual(single);
    expect(batch.slice(-single.length)).toEqual(single);
    expect(batch.length).toBe(single.length * 17);
  });

  it('writes to the array it is given and leaves the rest of it alone', () => {
    const { bytes, rows, entry } = named('squarederror');
    const out = new Float32Array(entry.rowCount + 3).fill(-7);
    const result = engine.load(bytes).predict(rows, { out });
    expect(result.buffer).toBe(out.buffer);
    expect(result.length).toBe(entry.rowCount);
    expect([...out.subarray(entry.rowCount)]).toEqual([-7, -7, -7]);
  });

  it('takes a value beside NaN as missing', () => {
    const { bytes, rows } = named('depth-6');
    const model = engine.load(bytes);
    const marked = rows.map((value) => (Number.isNaN(value) ? -12345 : value));
    expect(bitsOf(model.predict(marked, { missing: -12345 }))).toEqual(bitsOf(model.predict(rows)));
  });

  it('of no rows is empty', () => {
    expect(engine.load(named('squarederror').bytes).predict(new Float32Array(0)).length).toBe(0);
  });

  it.each([
    ['a wrong number of values', new Float32Array(7), {}, /rows: 7 values/],
    ['an output that does not exist', new Float32Array(6), { output: 'odds' }, /output: unknown/],
    ['rounds beyond the last', new Float32Array(6), { iterationRange: [0, 99] }, /iterationRange/],
    [
      'a base margin of another length',
      new Float32Array(6),
      { baseMargin: new Float32Array(2) },
      /baseMargin/,
    ],
    ['too short an output array', new Float32Array(6), { out: new Float32Array(0) }, /out: has 0/],
  ])('refuses %s', (_what, rows, options, message) => {
    const model = engine.load(named('squarederror').bytes);
    expect(() => model.predict(rows, options as never)).toThrow(XgboostWasmError);
    expect(() => model.predict(rows, options as never)).toThrow(message);
  });
});

describe('a column of very many categories', () => {
  it('is looked up set by set, alone and in blocks', () => {
    const entry = named('json').bytes;
    const document = JSON.parse(new TextDecoder().decode(entry)) as {
      learner: {
        gradient_booster: { model: { trees: Record<string, unknown>[] } };
        learner_model_param: object;
      };
    };
    const base = { id: 0, base_weights: [0, 0, 0], loss_changes: [0, 0, 0], parents: [2147483647, 0, 0] };
    const tree = {
      ...base,
      tree_param: { num_deleted: '0', num_feature: '6', num_nodes: '3', size_leaf_vector: '1' },
      left_children: [1, -1, -1],
      right_children: [2, -1, -1],
      split_indices: [2, 0, 0],
      split_conditions: [0, -4, 4],
      split_type: [1, 0, 0],
      default_left: [0, 0, 0],
      sum_hessian: [2, 1, 1],
      categories: [7, 5000, 9001],
      categories_nodes: [0],
      categories_segments: [0],
      categories_sizes: [3],
    };
    document.learner.gradient_booster.model.trees = document.learner.gradient_booster.model.trees.map(
      () => tree,
    );
    const model = engine.load(new TextEncoder().encode(JSON.stringify(document)));
    const values = [7, 7.9, 6, 5000, 5001, 9001, 9002, 20000, -1, 1e9, Number.NaN];
    const right = [true, true, false, true, false, true, false, false, false, false, true];
    const rows = new Float32Array(6 * 66);
    for (let i = 0; i < 66; i++) rows[i * 6 + 2] = values[i % 11] ?? 0;
    const baseMargin = new Float32Array(66);
    const batch = model.predict(rows, { output: 'margin', baseMargin });
    right.forEach((goesRight, i) => {
      const row = rows.subarray(i * 6, (i + 1) * 6);
      const alone = model.predict(row, { output: 'margin', baseMargin: new Float32Array(1) });
      expect(alone[0]).toBe(model.treeCount * (goesRight ? 4 : -4));
      expect([batch[i], batch[i + 55]]).toEqual([alone[0], alone[0]]);
    });
  });
});

describe('an engine', () => {
  it('uses the memory of disposed models again', async () => {
    const own = await createEngine();
    const { bytes, rows } = named('depth-10');
    own.load(bytes).dispose();
    const before = own.memoryBytes;
    for (let i = 0; i < 200; i++) {
      const model = own.load(bytes);
      model.predict(rows.subarray(0, model.featureCount), { output: 'contributions' });
      model.dispose();
    }
    expect(own.memoryBytes).toBeLessThanOrEqual(before + 2 ** 20);
  });

  it('keeps many models apart', () => {
    const names = ['depth-8', 'softprob', 'lossguide', 'linear', 'partition'];
    const alone = names.map((name) => bitsOf(engine.load(named(name).bytes).predict(named(name).rows)));
    const models = names.map((name) => engine.load(named(name).bytes));
    models[1]?.dispose();
    expect(() => models[1]?.predict(named('softprob').rows)).toThrow(/disposed/);
    [0, 2, 3, 4].forEach((i) => {
      expect(bitsOf(models[i]?.predict(named(names[i] ?? '').rows) ?? new Float32Array(0))).toEqual(alone[i]);
    });
  });

  it('tells what a model is', () => {
    const model = engine.load(named('names').bytes);
    expect(model.featureNames).toEqual([
      'store_nbr',
      'family',
      'onpromotion',
      'oil price',
      'weiß',
      'quote"d',
    ]);
    expect(model.featureTypes).toEqual(['float', 'float', 'float', 'q', 'q', 'int']);
    expect([model.featureCount, model.groupCount, model.treeCount, model.iterationCount]).toEqual([
      6, 1, 6, 6,
    ]);
    expect([model.objective, model.kernel, model.xgboostVersion]).toEqual([
      'reg:squarederror',
      'heap',
      '3.4.1',
    ]);
  });

  it.each([
    ['depth-8', 'heap'],
    ['depth-14', 'explicit'],
    ['lossguide-chain', 'explicit'],
    ['linear', 'linear'],
  ])('chooses a kernel for %s', (name, kernel) => {
    expect(engine.load(named(name).bytes).kernel).toBe(kernel);
  });
});
