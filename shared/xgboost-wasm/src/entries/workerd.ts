/** The entry for Cloudflare Workers: the kernels are a static import, since Workers may not compile at run time. */

import { type Engine, startEngine } from '../api/engine.ts';
import { XgboostWasmError } from '../errors.ts';
import kernels from '../kernels.wasm';
import { checkEngineOptions, type EngineOptions } from './engine-options.ts';

export * from './public.ts';

/** Starts an engine. Workers take a compiled module only; the package's own is the default. */
export async function createEngine(options: EngineOptions = {}): Promise<Engine> {
  checkEngineOptions(options);
  const source = options.wasm ?? kernels;
  if (source instanceof URL)
    throw new XgboostWasmError('invalid-input', 'wasm', 'Workers cannot fetch kernels: import them');
  return startEngine(source);
}
