/** A model in the memory of an engine. Rows are row-major, `featureCount` columns each; NaN is a missing value. */
export interface LoadedForest {
  readonly featureCount: number;
  /** The kernel that the engine chose for this model. */
  readonly kernel: string;
  /** @returns one margin per row: the sum of the trees' leaves and the base score. */
  predict(rows: Float32Array, options: { readonly output: 'margin' }): Float32Array;
  dispose(): void;
}

/** The part of an inference engine that serving needs; xgboost-wasm implements it. */
export interface InferenceEngine {
  /** @throws when the bytes are not a packed model of this engine. */
  loadPacked(packed: Uint8Array): LoadedForest;
}
