import { wrongOption } from './check-options.ts';
import type { Runtime } from './runtime.ts';

/**
 * An array of the caller's: its own, or a view of {@link SharedFloats}. A view is kept as an address, so that it
 * stays valid when predicting grows the memory.
 */
export class FloatPlace {
  readonly length: number;
  /** Address in the engine's memory; undefined for the caller's own array. */
  readonly address: number | undefined;
  private readonly runtime: Runtime;
  private readonly own: Float32Array;

  /** @param path names the argument in errors */
  constructor(runtime: Runtime, own: Float32Array, path: string) {
    if (!(own instanceof Float32Array)) throw wrongOption(path, own, 'a Float32Array');
    this.runtime = runtime;
    this.own = own;
    this.length = own.length;
    this.address = runtime.addressOf(own, path);
  }

  /** A current view of the floats. */
  get array(): Float32Array {
    if (this.address === undefined) return this.own;
    return this.runtime.floats.subarray(this.address >> 2, (this.address >> 2) + this.length);
  }

  overlaps(other: FloatPlace): boolean {
    if (this.address === undefined || other.address === undefined) return false;
    return this.address < other.address + other.length * 4 && other.address < this.address + this.length * 4;
  }
}
