import { readFileSync } from 'node:fs';
import { instantiateKernels } from '../src/engine/kernels.ts';

const { kernels, memory } = await instantiateKernels(
  readFileSync(new URL('../dist/kernels.wasm', import.meta.url)),
);

/** Writes a valid checksum into a packed file, as an attacker would. */
export function signPacked(packed: Uint8Array): void {
  const at = kernels.setUp();
  const lacking = at + packed.length - memory.buffer.byteLength;
  if (lacking > 0) memory.grow(Math.ceil(lacking / 65_536));
  new Uint8Array(memory.buffer).set(packed.subarray(16), at);
  const sum = kernels.checksum(at, packed.length - 16);
  new DataView(packed.buffer).setBigUint64(8, BigInt.asUintN(64, sum), true);
}
