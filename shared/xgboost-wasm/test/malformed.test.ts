import { describe, expect, it } from 'vitest';
import { createEngine, XgboostWasmError } from 'xgboost-wasm';
import { parseDecimal } from '../src/document/parse-decimal.ts';
import { parseJson } from '../src/document/parse-json.ts';
import { parseUbjson } from '../src/document/parse-ubjson.ts';

const engine = await createEngine();
const encode = (text: string): Uint8Array => new TextEncoder().encode(text);

/** A model of one stump, and functions to corrupt it. */
function stump(): Record<string, never> & { learner: ReturnType<typeof learner> } {
  return { version: [3, 4, 1], learner: learner() } as never;
}
function tree() {
  return {
    tree_param: { num_nodes: '3', size_leaf_vector: '1', num_feature: '2', num_deleted: '0' },
    left_children: [1, -1, -1],
    right_children: [2, -1, -1],
    split_indices: [1, 0, 0],
    split_conditions: [0.5, -1, 1],
    default_left: [1, 0, 0],
    sum_hessian: [4, 2, 2],
    split_type: [0, 0, 0],
  };
}
function learner() {
  return {
    learner_model_param: { base_score: '[5E-1]', num_class: '0', num_feature: '2', num_target: '1' },
    objective: { name: 'reg:squarederror' },
    gradient_booster: {
      name: 'gbtree',
      model: {
        gbtree_model_param: { num_trees: '1', num_parallel_tree: '1' },
        tree_info: [0],
        trees: [tree()],
      },
    },
  };
}

const TREE = 'learner.gradient_booster.model.trees[0]';
type Stump = ReturnType<typeof stump>;
const at = (model: Stump) => model.learner.gradient_booster.model.trees[0] as ReturnType<typeof tree>;

describe('a file that is wrong is refused with the place of the fault', () => {
  const cases: [string, (model: Stump) => void, string][] = [
    [
      'children in a circle',
      (m) => {
        at(m).left_children[0] = 0;
      },
      `${TREE}.left_children`,
    ],
    [
      'a child outside the tree',
      (m) => {
        at(m).right_children[0] = 3;
      },
      `${TREE}.right_children`,
    ],
    [
      'a node with two parents',
      (m) => {
        at(m).right_children[0] = 1;
      },
      `${TREE}.left_children`,
    ],
    [
      'an unknown feature',
      (m) => {
        at(m).split_indices[0] = 2;
      },
      `${TREE}.split_indices`,
    ],
    [
      'arrays of different length',
      (m) => {
        at(m).default_left.pop();
      },
      `${TREE}.default_left`,
    ],
    [
      'a threshold that is no number',
      (m) => {
        at(m).split_conditions[0] = 'x' as never;
      },
      `${TREE}.split_conditions`,
    ],
    [
      'a threshold of null',
      (m) => {
        at(m).split_conditions[0] = null as never;
      },
      `${TREE}.split_conditions`,
    ],
    [
      'a categorical split without categories',
      (m) => {
        at(m).split_type[0] = 1;
      },
      `${TREE}.split_type`,
    ],
    [
      'no trees',
      (m) => {
        delete (m.learner.gradient_booster.model as { trees?: unknown }).trees;
      },
      'learner.gradient_booster.model.trees',
    ],
    [
      'a tree of an unknown group',
      (m) => {
        m.learner.gradient_booster.model.tree_info[0] = 1;
      },
      'learner.gradient_booster.model.tree_info',
    ],
    [
      'a NaN base score',
      (m) => {
        m.learner.learner_model_param.base_score = 'NaN';
      },
      'learner.learner_model_param.base_score',
    ],
    [
      'a base score of another length',
      (m) => {
        m.learner.learner_model_param.base_score = '[1,2]';
      },
      'learner.learner_model_param.base_score',
    ],
    [
      'a probability outside (0, 1)',
      (m) => {
        m.learner.objective.name = 'reg:gamma';
        m.learner.learner_model_param.base_score = '-1';
      },
      'learner.learner_model_param.base_score',
    ],
    [
      'an unknown objective',
      (m) => {
        m.learner.objective.name = 'reg:magic';
      },
      'learner.objective.name',
    ],
    [
      'an unknown booster',
      (m) => {
        m.learner.gradient_booster.name = 'gbforest';
      },
      'learner.gradient_booster.name',
    ],
    [
      'too many features',
      (m) => {
        m.learner.learner_model_param.num_feature = '99999999';
      },
      'learner.learner_model_param.num_feature',
    ],
    [
      'feature names of another number',
      (m) => {
        (m.learner as { feature_names?: string[] }).feature_names = ['a'];
      },
      'learner.feature_names',
    ],
  ];
  it.each(cases)('%s', (_what, spoil, path) => {
    const model = stump();
    spoil(model);
    let error: unknown;
    try {
      engine.load(encode(JSON.stringify(model)));
    } catch (thrown) {
      error = thrown;
    }
    expect(error).toBeInstanceOf(XgboostWasmError);
    expect((error as XgboostWasmError).path).toBe(path);
  });

  it('while the unspoilt one predicts', () => {
    const model = engine.load(encode(JSON.stringify(stump())));
    expect([...model.predict(new Float32Array([0, 0.4, 0, 0.5, 0, Number.NaN]))]).toEqual([-0.5, 1.5, -0.5]);
  });

  it('never walks deleted nodes, whatever they hold', () => {
    const model = stump();
    const t = at(model);
    t.tree_param.num_nodes = '5';
    for (const list of [t.left_children, t.right_children]) list.push(2147483647, -7);
    t.split_indices.push(2147483647, 2147483647);
    for (const list of [t.split_conditions, t.default_left, t.sum_hessian, t.split_type]) list.push(0, 0);
    expect(engine.load(encode(JSON.stringify(model))).predict(new Float32Array([0, 9]))[0]).toBe(1.5);
  });

  it.each([
    ['the old binary format', `binf${'\0'.repeat(200)}`, 'legacy-binary'],
    ['something else', 'PK\u0003\u0004', 'unknown-format'],
    ['nothing', '', 'unknown-format'],
    ['a cut JSON', '{"learner": {', 'malformed-document'],
    ['a deep JSON', `{"a":${'['.repeat(100_000)}`, 'malformed-document'],
    ['a deep UBJSON', `{L\0\0\0\0\0\0\0\u0001a${'['.repeat(100_000)}`, 'malformed-document'],
  ])('%s', (_what, text, code) => {
    const load = (): unknown => engine.load(Uint8Array.from(text, (c) => c.charCodeAt(0)));
    expect(load).toThrow(XgboostWasmError);
    try {
      load();
    } catch (error) {
      expect((error as XgboostWasmError).code).toBe(code);
    }
  });

  it.each([
    ['a gzip file or R .rds', '\u001f\u008b\b\0', /gzip file.*\.rds.*xgb\.save/],
    [
      'a pickle, long enough to look like the old binary format',
      `\u0080\u0004${'\0'.repeat(200)}`,
      /pickle.*get_booster/,
    ],
    ['a zip file', 'PK\u0003\u0004', /zip file/],
    ['a Git LFS pointer', 'version https://git-lfs', /Git LFS pointer.*git lfs pull/],
    ['a byte order mark', '\u00ef\u00bb\u00bf{"learner": {}}', /byte order mark/],
    ['the text of dump_model', 'booster[0]:\n0:[f0<0.5]', /dump_model/],
    ['the JSON of dump_model', '[\n  { "nodeid": 0', /dump_model/],
    ['a LightGBM text', 'tree\nversion=v4', /LightGBM/],
    ['the old binary format', `binf${'\0'.repeat(200)}`, /XGBoost 1\.6 to 2\.1/],
    ['something else', 'hello', /not an XGBoost model.*save_model/],
  ])('%s is named, with a way to a model file', (_what, text, message) => {
    expect(() => engine.load(Uint8Array.from(text, (letter) => letter.charCodeAt(0)))).toThrow(message);
  });

  it('does not take memory for lengths that the file cannot have', () => {
    const huge = Uint8Array.from([
      0x7b, 0x4c, 0, 0, 0, 0, 0, 0, 0, 1, 0x61, 0x5b, 0x24, 0x64, 0x23, 0x4c, 0, 0, 0, 9, 0, 0, 0, 0,
    ]);
    expect(() => parseUbjson(huge)).toThrow(/impossible length/);
  });
});

describe('numbers', () => {
  it('NaN and Infinity are read', () => {
    expect(parseJson(encode('[NaN, Infinity, -Infinity, -0.0, 1e5]'))).toEqual([
      Number.NaN,
      Infinity,
      -Infinity,
      -0,
      1e5,
    ]);
  });

  it('the one decimal that a double would round twice is read right', () => {
    const bits = new Uint32Array(Float32Array.of(parseDecimal('7.038531E-26')).buffer)[0];
    expect(bits).toBe(0x15ae43fd);
    expect(new Uint32Array(Float32Array.of(Number('7.038531E-26')).buffer)[0]).not.toBe(0x15ae43fd);
  });

  it('ties of long decimals go the right way', () => {
    expect(Math.fround(parseDecimal('16777217'))).toBe(16777216);
    expect(Math.fround(parseDecimal('16777217.0000000000000000000001'))).toBe(16777218);
    expect(Math.fround(parseDecimal('16777218.9999999999999999999999'))).toBe(16777218);
  });
});
