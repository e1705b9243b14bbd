/** The entry for Node: reads the kernels from the file next to it. */
import { readFile } from 'node:fs/promises';
import { type Engine, startEngine } from '../api/engine.ts';
import { checkEngineOptions, type EngineOptions } from './engine-options.ts';

export * from './public.ts';

/** Starts an engine. `wasm` may be a file URL, bytes or a module; the package's own file is the default. */
export async function createEngine(options: EngineOptions = {}): Promise<Engine> {
  checkEngineOptions(options);
  const source = options.wasm ?? new URL('../kernels.wasm', import.meta.url);
  return startEngine(source instanceof URL ? await readFile(source) : source);
}
