import { getHeapStatistics } from 'node:v8';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createEngine, type Model, XgboostWasmError } from 'xgboost-wasm';
import { mutate, randomFrom } from './oracle/mutations.ts';
import { ReferenceWalker } from './oracle/reference-walker.ts';
import { countMismatches, decodeBytes, decodeFloats, readZoo } from './zoo-file.ts';

const zoo = readZoo(new URL('../zoo/golden/xgboost-3.4.1.json.gz', import.meta.url));
const NAMES = [
  'one-round',
  'stumps',
  'one-node',
  'lossguide',
  'partition',
  'dart',
  'vector-leaf',
  'linear',
  'json',
  'softprob',
];
const files = NAMES.map((name) => {
  const entry = zoo.cases.find((candidate) => candidate.name === name);
  if (entry === undefined) throw new Error(`the zoo has no ${name}`);
  return {
    name,
    bytes: decodeBytes(entry.model),
    rows: decodeFloats(entry.rows).slice(0, 2 * entry.featureCount),
  };
});
/** `npm run test:fuzz` at the root runs 200,000; XGBOOST_WASM_FUZZ sets another number. */
const CASES = Number(process.env.XGBOOST_WASM_FUZZ ?? 20_000);
const MEMORY_LIMIT = 64 * 2 ** 20;

/** JavaScript's memory in bytes, including array buffers. */
function memoryInUse(): number {
  const { used_heap_size, external_memory } = getHeapStatistics();
  return used_heap_size + external_memory;
}

/** Predicts with a damaged file that was accepted, in both forms, and compares with the plain walker if it applies. */
function check(model: Model, bytes: Uint8Array, rows: Float32Array): void {
  const wide = new Float32Array(model.featureCount * 2);
  wide.set(rows.subarray(0, wide.length));
  const baseMargin = new Float32Array(2 * model.groupCount);
  const margins = model.predict(wide, { output: 'margin', baseMargin });
  model.predict(wide);
  if (model.kernel === 'linear') return;
  let walker: ReferenceWalker;
  try {
    walker = new ReferenceWalker(bytes);
  } catch {
    return; // a dart file: its trees are elsewhere
  }
  if (walker.groupCount !== model.groupCount)
    throw new Error(`${model.groupCount} outputs, expected ${walker.groupCount}`);
  const expected = new Float32Array(margins.length);
  for (let i = 0; i < 2; i++) {
    const { featureCount, groupCount } = model;
    walker.add(
      wide.subarray(i * featureCount, (i + 1) * featureCount),
      expected.subarray(i * groupCount, (i + 1) * groupCount),
    );
  }
  expect(countMismatches(margins, expected)).toBe(0);
}

describe('damaged files', () => {
  it.each(files.map((file) => [file.name, file] as const))(
    'of %s give a typed error or a right model',
    async (name, file) => {
      const engine = await createEngine();
      const random = randomFrom(name.length * 7919 + 1);
      let accepted = 0;
      let mostTaken = 0;
      const plain = !['dart', 'vector-leaf', 'linear'].includes(name);
      for (let i = 0; i < CASES / files.length; i++) {
        const bytes = mutate(file.bytes, random);
        const before = memoryInUse();
        try {
          const model = engine.load(bytes);
          mostTaken = Math.max(mostTaken, memoryInUse() - before);
          accepted++;
          if (plain && accepted % 8 === 0 && model.featureCount > 0 && model.featureCount < 1000)
            check(model, bytes, file.rows);
          model.dispose();
        } catch (error) {
          mostTaken = Math.max(mostTaken, memoryInUse() - before);
          if (!(error instanceof XgboostWasmError)) throw error;
        }
      }
      expect(mostTaken).toBeLessThan(MEMORY_LIMIT);
      expect(engine.memoryBytes).toBeLessThan(MEMORY_LIMIT);
      expect(accepted).toBeGreaterThan(0);
    },
    300_000,
  );

  it('are found out by the packed form, whatever byte is hit', async () => {
    const engine = await createEngine();
    const packed = engine.load(files[3]?.bytes ?? new Uint8Array()).pack();
    for (let at = 0; at < packed.length; at++) {
      const damaged = packed.slice();
      damaged[at] = (damaged[at] ?? 0) ^ 0x10;
      expect(() => engine.loadPacked(damaged)).toThrow(XgboostWasmError);
    }
  });

  it('of any bytes at all are refused', async () => {
    const engine = await createEngine();
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
        for (const start of [[], [0x7b], [0x7b, 0x4c], [0x7b, 0x22]]) {
          expect(() => engine.load(Uint8Array.from([...start, ...bytes]))).toThrow(XgboostWasmError);
        }
        expect(() => engine.loadPacked(bytes)).toThrow(XgboostWasmError);
      }),
      { numRuns: 500 },
    );
  });
});
