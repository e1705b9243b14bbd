export interface EngineOptions {
  /**
   * The kernels, when the runtime cannot find them by itself: the bytes of `xgboost-wasm/kernels.wasm`, a compiled
   * module, or where to fetch it.
   */
  readonly wasm?: BufferSource | WebAssembly.Module | URL;
}
