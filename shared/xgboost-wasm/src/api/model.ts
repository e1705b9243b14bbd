import type { Kernel } from '../compile/compile-forest.ts';
import { Header } from '../compile/image-layout.ts';
import { Contributions } from '../contributions/contributions.ts';
import { linearContributions } from '../contributions/linear-contributions.ts';
import { BlockPredictor } from '../engine/block-predictor.ts';
import { checkNames, wrongOption } from '../engine/check-options.ts';
import type { ModelInfo } from '../engine/model-info.ts';
import {
  checkLengths,
  checkOptions,
  countRows,
  outputArray,
  type PredictArrays,
  type PredictOptions,
  placeArrays,
  treesOfRange,
} from '../engine/predict-options.ts';
import type { Runtime } from '../engine/runtime.ts';
import { XgboostWasmError } from '../errors.ts';
import { Transform, type TransformCode } from '../objectives/objectives.ts';
import { CHECKED_FROM, layOutPacked, writeChecksum } from '../pack/packed-format.ts';

/** What a packed model contains in addition to the trees. */
export interface PackOptions {
  /** Whether SHAP values can be computed from it; true by default. */
  readonly contributions?: boolean;
}

function checkPackOptions(options: PackOptions): void {
  checkNames(options, ['contributions']);
  const { contributions } = options;
  if (contributions !== undefined && typeof contributions !== 'boolean')
    throw wrongOption('contributions', contributions, 'true or false');
}

/** A model that is ready to predict. Made by `engine.load` and `engine.loadPacked`. */
export class Model {
  private readonly runtime: Runtime;
  private readonly info: ModelInfo;
  /** Address of the allocation, of the image inside it, and its size. */
  private readonly block: number;
  private readonly image: number;
  private readonly header: Uint32Array;
  private readonly blockBytes: number;
  private readonly blocks: BlockPredictor;
  private live = true;
  /** Created on the first request for contributions. */
  private paths: Contributions | undefined;

  /** @internal */
  constructor(runtime: Runtime, info: ModelInfo, block: number, blockBytes: number, image: number) {
    this.runtime = runtime;
    this.info = info;
    this.block = block;
    this.blockBytes = blockBytes;
    this.image = image;
    this.header = new Uint32Array(runtime.bytes.slice(image, image + Header.words * 4).buffer);
    this.blocks = new BlockPredictor(runtime, info, image, this.header);
  }

  get featureCount(): number {
    return this.info.featureCount;
  }

  /** Outputs of a row: classes, targets or quantiles; 1 for most models. */
  get groupCount(): number {
    return this.info.groupCount;
  }

  get treeCount(): number {
    return this.info.treeCount;
  }

  /** Boosting rounds, the unit of `iterationRange`. */
  get iterationCount(): number {
    return this.info.iterationStarts.length - 1;
  }

  get objective(): string {
    return this.info.objective;
  }

  /** Empty when the file has none. */
  get featureNames(): readonly string[] {
    return this.info.featureNames;
  }

  get featureTypes(): readonly string[] {
    return this.info.featureTypes;
  }

  get attributes(): Readonly<Record<string, string>> {
    return this.info.attributes;
  }

  /** The release that wrote the file. */
  get xgboostVersion(): string {
    return this.info.version.join('.');
  }

  /** The kernel family that the loader chose from the shape of the trees. */
  get kernel(): Kernel {
    return this.info.kernel;
  }

  /** Wasm memory that this model holds, without the engine's shared scratch. */
  get memoryBytes(): number {
    return this.live ? this.blockBytes + (this.paths?.memoryBytes ?? 0) : 0;
  }

  /** Frees the memory; the model cannot be used afterwards. Calling it twice is harmless. */
  dispose(): void {
    if (!this.live) return;
    this.live = false;
    this.paths?.release();
    this.runtime.allocator.release(this.block);
  }

  /**
   * A compact file of this model that `engine.loadPacked` loads by copying. Without `contributions` it is about two
   * fifths smaller, and the packed model refuses to compute SHAP values.
   *
   * @throws XgboostWasmError `invalid-input` naming the option; `disposed`
   */
  pack(options: PackOptions = {}): Uint8Array {
    this.checkLive();
    checkPackOptions(options);
    const { runtime, image } = this;
    const drop = options.contributions === false && this.kernel !== 'linear';
    const bytes = this.header[drop ? Header.coversStart : Header.bytes] ?? 0;
    const packed = layOutPacked(this.info, runtime.bytes.subarray(image, image + bytes), drop);
    const copy = runtime.place(packed.subarray(CHECKED_FROM));
    writeChecksum(packed, runtime.kernels.checksum(copy, packed.length - CHECKED_FROM));
    runtime.allocator.release(copy);
    return packed;
  }

  /**
   * Predicts `rows`, a row-major n x featureCount matrix. Views of `engine.floats` are read and written in place.
   *
   * @throws XgboostWasmError `invalid-input` naming the argument; `unsupported-model` for an output that the model
   *   does not have; `disposed`
   */
  predict(rows: Float32Array, options: PredictOptions = {}): Float32Array {
    this.checkLive();
    checkOptions(options);
    const arrays = placeArrays(this.runtime, rows, options);
    const n = countRows(arrays.rows, this.featureCount);
    const [begin, end] = treesOfRange(this.info, options.iterationRange);
    // The kernels compare with a float32.
    const missing = Math.fround(options.missing ?? Number.NaN);
    switch (options.output) {
      case 'margin':
        return this.blocks.values(arrays, n, begin, end, missing, Transform.identity);
      case 'leaf':
        return this.blocks.leaves(arrays, n, begin, end, missing);
      case 'contributions':
        return this.contributions(arrays, n, begin, end, missing);
      default:
        return this.blocks.values(arrays, n, begin, end, missing, this.transform());
    }
  }

  /** The transform from margins to values; for a custom objective it is known to its author only. */
  private transform(): TransformCode {
    const { transform, objective } = this.info;
    if (transform !== Transform.custom) return transform;
    throw new XgboostWasmError(
      'unsupported-model',
      'output',
      `the file does not say how the custom objective '${objective}' turns margins into values: ` +
        "give output 'margin', which is exact, and apply the transform to the result",
    );
  }

  private checkLive(): void {
    if (!this.live) throw new XgboostWasmError('disposed', '', 'the model has been disposed of');
  }

  private contributions(
    arrays: PredictArrays,
    n: number,
    begin: number,
    end: number,
    missing: number,
  ): Float32Array {
    const { rows, baseMargin, out } = arrays;
    const length = n * this.groupCount * (this.featureCount + 1);
    checkLengths(arrays, n * this.groupCount, length);
    if (this.kernel === 'linear') {
      const at = this.image + (this.header[Header.linearWeights] ?? 0);
      const count = (this.featureCount + 1) * this.groupCount;
      const weights = this.runtime.floats.subarray(at >> 2, (at >> 2) + count);
      const result = outputArray(out, length);
      linearContributions(this.info, weights, rows.array, n, missing, baseMargin?.array, result);
      return result;
    }
    this.paths ??= new Contributions(this.runtime, this.info, this.image, this.header);
    return this.paths.compute(arrays, n, begin, end, missing, length);
  }
}
