/** The entry for browsers: fetches the kernels from the module's directory unless they are given. */
import { type Engine, startEngine } from '../api/engine.ts';
import { XgboostWasmError } from '../errors.ts';
import { checkEngineOptions, type EngineOptions } from './engine-options.ts';

export * from './public.ts';

/** Starts an engine. `wasm` may be bytes, a module or a URL; the package's own file is the default. */
export async function createEngine(options: EngineOptions = {}): Promise<Engine> {
  checkEngineOptions(options);
  const source = options.wasm ?? new URL('../kernels.wasm', import.meta.url);
  if (!(source instanceof URL)) return startEngine(source);
  const response = await fetch(source);
  if (!response.ok)
    throw new XgboostWasmError('wasm-unavailable', 'wasm', `${source} answered ${response.status}`);
  return startEngine(await response.arrayBuffer());
}
