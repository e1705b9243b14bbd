import { wrongOption } from './check-options.ts';
import type { Runtime } from './runtime.ts';

/**
 * An array that a caller has given: its own, or a view of {@link SharedFloats}. A view is remembered by its address, so
 * that it outlives the growing of the memory that predicting may need.
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

  /** The floats as they can be reached now. */
  get array(): Float32Array {
    if (this.address === undefined) return this.own;
    return this.runtime.floats.subarray(this.address >> 2, (this.address >> 2) + this.length);
  }

  overlaps(other: FloatPlace): boolean {
    if (this.address === undefined || other.address === undefined) return false;
    return this.address < other.address + other.length * 4 && other.address < this.address + this.length * 4;
  }
}
