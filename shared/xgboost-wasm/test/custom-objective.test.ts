import { describe, expect, it } from 'vitest';
import { createEngine, XgboostWasmError } from 'xgboost-wasm';
import { stumps } from './stumps.ts';
import { bitsOf } from './zoo-file.ts';

const engine = await createEngine();
const THRESHOLDS = [-1, 0, 1];
const rows = Float32Array.of(-2, -0.5, 0.5, 2, Number.NaN);

describe('a model of a custom objective', () => {
  const custom = engine.load(stumps(THRESHOLDS, { objective: 'custom:focal', baseScore: '2.5E-1' }));
  const plain = engine.load(stumps(THRESHOLDS, { baseScore: '2.5E-1' }));

  it.each(['margin', 'leaf', 'contributions'] as const)(
    'has an exact %s; its base score is a margin',
    (output) => {
      for (const model of [custom, engine.loadPacked(custom.pack())]) {
        expect(bitsOf(model.predict(rows, { output }))).toEqual(bitsOf(plain.predict(rows, { output })));
      }
    },
  );

  it('refuses a value and says what to do', () => {
    for (const model of [custom, engine.loadPacked(custom.pack())]) {
      expect(() => model.predict(rows)).toThrow(XgboostWasmError);
      expect(() => model.predict(rows)).toThrow(
        /^output: .*'custom:focal'.* give output 'margin', which is exact, and apply the transform/,
      );
    }
  });
});

it('a built-in objective that is not known is refused: its base score may stand for any margin', () => {
  expect(() => engine.load(stumps(THRESHOLDS, { objective: 'reg:magic' }))).toThrow(
    /^learner\.objective\.name: unknown objective 'reg:magic', possibly of a newer XGBoost.*'custom:magic'.*'margin'/,
  );
});
