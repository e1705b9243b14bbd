import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { readWords } from '../src/document/word-reader.ts';
import { instantiateKernels } from '../src/engine/kernels.ts';
import { Runtime } from '../src/engine/runtime.ts';

const { kernels, memory } = await instantiateKernels(
  readFileSync(new URL('../dist/kernels.wasm', import.meta.url)),
);
const runtime = new Runtime(kernels, memory);

it('words are decoded by the kernels as by a DataView, wherever they begin', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 300 }), fc.nat(20), (bytes, wanted) => {
      const at = Math.min(wanted, bytes.length);
      const count = (bytes.length - at) >> 2;
      expect(runtime.readWords(bytes, at, count)).toEqual(readWords(bytes, at, count));
    }),
  );
});

it('more words than the kernels take at a time are decoded in parts', () => {
  const bytes = Uint8Array.from({ length: 200_001 }, (_, i) => (i * 7919) >> 5);
  expect(runtime.readWords(bytes, 1, 50_000)).toEqual(readWords(bytes, 1, 50_000));
});
