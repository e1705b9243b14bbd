import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { createEngine, XgboostWasmError } from 'xgboost-wasm';
import { mutate, randomFrom } from './oracle/mutations.ts';
import { signPacked } from './sign-packed.ts';
import { stumps } from './stumps.ts';
import { bitsOf, decodeBytes, decodeFloats, readZoo } from './zoo-file.ts';

const zoo = readZoo(new URL('../zoo/golden/xgboost-3.4.1.json.gz', import.meta.url));
const named = (name: string) => {
  const entry = zoo.cases.find((candidate) => candidate.name === name);
  if (entry === undefined) throw new Error(`the zoo has no ${name}`);
  return { bytes: decodeBytes(entry.model), rows: decodeFloats(entry.rows) };
};

describe('a packed model', () => {
  it('is the same bytes again when it is loaded and packed again', async () => {
    const engine = await createEngine();
    const packed = engine.load(named('partition').bytes).pack();
    expect(engine.loadPacked(packed).pack()).toEqual(packed);
  });

  it('can leave out what contributions need', async () => {
    const engine = await createEngine();
    const { bytes, rows } = named('depth-8');
    const model = engine.load(bytes);
    const small = model.pack({ contributions: false });
    expect(small.length).toBeLessThan(model.pack().length);
    const light = engine.loadPacked(small);
    expect(bitsOf(light.predict(rows))).toEqual(bitsOf(model.predict(rows)));
    expect(() => light.predict(rows, { output: 'contributions' })).toThrow(/covers/);
  });

  it('keeps the bits of its base margins: the logit of 0.5 is -0, that of the smallest number -Infinity', async () => {
    const engine = await createEngine();
    for (const [baseScore, margin] of [
      ['5E-1', -0],
      ['1E-45', Number.NEGATIVE_INFINITY],
    ] as const) {
      const model = engine.load(
        stumps([1], { objective: 'reg:logistic', baseScore, left: -0, version: [3, 1, 0] }),
      );
      const packed = engine.loadPacked(model.pack());
      for (const candidate of [model, packed])
        expect(candidate.predict(new Float32Array(1), { output: 'margin' })[0]).toBe(margin);
    }
  });

  it('of version 1, with its base margins as text, is still read', async () => {
    const engine = await createEngine();
    const old = readFileSync(new URL('fixtures/softprob-base.version-1.packed', import.meta.url));
    const { bytes, rows } = named('softprob-base');
    const model = engine.loadPacked(new Uint8Array(old));
    expect(bitsOf(model.predict(rows))).toEqual(bitsOf(engine.load(bytes).predict(rows)));
    expect(model.pack()).toEqual(engine.load(bytes).pack());
  });

  it('of another version says so', async () => {
    const engine = await createEngine();
    const packed = engine.load(named('one-round').bytes).pack();
    packed[16] = 9;
    expect(() => engine.loadPacked(packed)).toThrow(/header\.version: is 9/);
  });

  it('that is cut short is refused at every length', async () => {
    const engine = await createEngine();
    const packed = engine.load(named('one-node').bytes).pack();
    for (let length = 0; length < packed.length; length += 7) {
      expect(() => engine.loadPacked(packed.subarray(0, length))).toThrow(XgboostWasmError);
    }
  });

  it.each(['depth-8', 'lossguide', 'depth-14', 'partition', 'linear', 'vector-leaf'])(
    'of %s that is damaged but signed never leads a kernel astray',
    async (name) => {
      const engine = await createEngine();
      const { bytes, rows } = named(name);
      const packed = engine.load(bytes).pack();
      const random = randomFrom(name.length);
      for (let i = 0; i < 1500; i++) {
        const damaged = mutate(packed, random);
        if (damaged.length !== packed.length) continue;
        signPacked(damaged);
        try {
          const model = engine.loadPacked(damaged);
          model.predict(rows.subarray(0, model.featureCount * 2));
          if (model.featureCount * 41 <= rows.length)
            model.predict(rows.subarray(0, model.featureCount * 41));
          model.dispose();
        } catch (error) {
          if (!(error instanceof XgboostWasmError)) throw error;
        }
      }
      expect(engine.memoryBytes).toBeLessThan(64 * 2 ** 20);
    },
  );
});
