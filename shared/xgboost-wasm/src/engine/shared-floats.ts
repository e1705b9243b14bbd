import { XgboostWasmError } from '../errors.ts';
import type { Runtime } from './runtime.ts';

/**
 * Floats inside the engine's memory, made by `engine.floats`: rows that are written here, and results that are
 * returned here, are not copied.
 */
export class SharedFloats {
  readonly length: number;
  private readonly runtime: Runtime;
  private readonly address: number;
  private live = true;

  /** @internal */
  constructor(runtime: Runtime, length: number) {
    if (!Number.isInteger(length) || length < 0 || length > 2 ** 28) {
      throw new XgboostWasmError('invalid-input', 'length', `must be an integer in 0..2^28, not ${length}`);
    }
    this.runtime = runtime;
    this.length = length;
    this.address = runtime.share(length * 4);
    this.values.fill(0);
  }

  /**
   * A view of the floats. Read it again after loading a model or predicting: when the memory has grown, earlier views
   * are detached (length 0) and `predict` refuses them; the numbers themselves stay.
   *
   * @throws XgboostWasmError `disposed` after `dispose`
   */
  get values(): Float32Array {
    if (!this.live) throw new XgboostWasmError('disposed', '', 'the floats have been disposed of');
    const first = this.address >> 2;
    return this.runtime.floats.subarray(first, first + this.length);
  }

  /** Frees the memory; `predict` refuses the remaining views. Calling it twice is harmless. */
  dispose(): void {
    if (!this.live) return;
    this.live = false;
    this.runtime.unshare(this.address);
  }
}
