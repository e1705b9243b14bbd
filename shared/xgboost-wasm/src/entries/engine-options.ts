import { checkNames, wrongOption } from '../engine/check-options.ts';

export interface EngineOptions {
  /**
   * The kernels, if the runtime cannot find them by itself: the bytes of `xgboost-wasm/kernels.wasm`, a compiled
   * module, or the URL to fetch it from.
   */
  readonly wasm?: BufferSource | WebAssembly.Module | URL;
}

/** @throws XgboostWasmError `invalid-input` naming the option */
export function checkEngineOptions(options: EngineOptions): void {
  checkNames(options, ['wasm']);
  const { wasm } = options;
  if (wasm !== undefined && (wasm === null || typeof wasm !== 'object'))
    throw wrongOption('wasm', wasm, 'bytes, a module or a URL, or leave it out');
}
