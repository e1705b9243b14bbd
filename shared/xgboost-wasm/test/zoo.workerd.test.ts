import { describe, expect, it } from 'vitest';
import { createEngine, type PredictOptions } from 'xgboost-wasm';
import zoo from '../zoo/golden/workerd.json';

function decode(text: string): Uint8Array {
  return Uint8Array.from(atob(text), (character) => character.charCodeAt(0));
}

function bits(floats: Float32Array): Int32Array {
  return new Int32Array(floats.buffer, floats.byteOffset, floats.length);
}

const floats = (text: string): Float32Array => new Float32Array(decode(text).buffer);

describe('inside workerd, from the static wasm import', () => {
  it.each(zoo.cases.map((entry) => [entry.name, entry] as const))(
    '%s is bit-identical',
    async (_name, entry) => {
      const engine = await createEngine();
      const model = engine.load(decode(entry.model));
      const rows = floats(entry.rows);
      for (const candidate of [model, engine.loadPacked(model.pack())]) {
        const predict = (options: PredictOptions): Int32Array => bits(candidate.predict(rows, options));
        expect(predict({ output: 'margin' })).toEqual(bits(floats(entry.margin)));
        expect(predict({})).toEqual(bits(floats(entry.value)));
        expect(predict({ output: 'leaf' })).toEqual(bits(floats(entry.leaf)));
      }
    },
  );
});
