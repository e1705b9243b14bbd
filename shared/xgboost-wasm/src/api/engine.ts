import { compileForest } from '../compile/compile-forest.ts';
import { Header } from '../compile/image-layout.ts';
import { parseDocument } from '../document/parse-document.ts';
import { instantiateKernels } from '../engine/kernels.ts';
import { describeForest } from '../engine/model-info.ts';
import { Runtime } from '../engine/runtime.ts';
import { SharedFloats } from '../engine/shared-floats.ts';
import { XgboostWasmError } from '../errors.ts';
import { readForest } from '../loader/read-forest.ts';
import { checkImage } from '../pack/check-image.ts';
import { checkInfo } from '../pack/check-info.ts';
import { CHECKED_FROM, invalidPacked, readPackedHeader, readPackedInfo } from '../pack/packed-format.ts';
import { Model } from './model.ts';

/** The inference engine: one wasm instance that holds any number of models. */
export class Engine {
  private readonly runtime: Runtime;

  /** @internal */
  constructor(runtime: Runtime) {
    this.runtime = runtime;
  }

  /** Size of the engine's wasm memory; it grows with the models and is reused after `dispose`. */
  get memoryBytes(): number {
    return this.runtime.memoryBytes;
  }

  /**
   * Floats in the engine's memory, all 0: `predict` copies neither rows that are written there nor results.
   *
   * @throws XgboostWasmError `invalid-input`, `out-of-memory`
   */
  floats(length: number): SharedFloats {
    return new SharedFloats(this.runtime, length);
  }

  /**
   * Loads a model file of XGBoost 1.0 to 3.4 in JSON or UBJSON, distinguished by the first bytes.
   *
   * @throws XgboostWasmError with the path of the field that is wrong
   */
  load(bytes: Uint8Array): Model {
    if (!(bytes instanceof Uint8Array))
      throw new XgboostWasmError('invalid-input', 'bytes', 'must be a Uint8Array');
    const forest = readForest(parseDocument(bytes, this.runtime.readWords), this.runtime.kernels.logf);
    const { image, kernel } = compileForest(forest);
    const at = this.runtime.place(image);
    return new Model(this.runtime, describeForest(forest, kernel), at, image.length, at);
  }

  /**
   * Loads the result of `model.pack()` by copying it into the wasm memory.
   *
   * @throws XgboostWasmError `invalid-packed` for another version, a wrong checksum or a truncated file
   */
  loadPacked(packed: Uint8Array): Model {
    if (!(packed instanceof Uint8Array))
      throw new XgboostWasmError('invalid-input', 'packed', 'must be a Uint8Array');
    const { runtime } = this;
    const header = readPackedHeader(packed);
    // Before the views of the memory are taken, because it may grow.
    const marks = runtime.scratch(packed.length >> 3);
    const block = runtime.place(packed);
    try {
      const sum = runtime.kernels.checksum(block + CHECKED_FROM, packed.length - CHECKED_FROM);
      if (BigInt.asUintN(64, sum) !== header.checksum) {
        throw invalidPacked('header.checksum', 'does not fit the content: the file is damaged');
      }
      const image = block + header.imageOffset;
      const bytes = runtime.bytes.subarray(image, block + packed.length);
      const info = checkInfo(
        readPackedInfo(packed, header),
        new Uint32Array(bytes.buffer, image, Header.words),
      );
      checkImage(bytes, info, runtime.kernels, marks);
      return new Model(runtime, info, block, packed.length, image);
    } catch (error) {
      runtime.allocator.release(block);
      throw error;
    }
  }
}

/** Makes an engine from the compiled kernels. */
export async function startEngine(wasm: WebAssembly.Module | BufferSource): Promise<Engine> {
  const { kernels, memory } = await instantiateKernels(wasm);
  return new Engine(new Runtime(kernels, memory));
}
