import { XgboostWasmError } from '../errors.ts';

/** The exports of assembly/index.ts. Pointers are byte offsets into the imported memory. */
export interface Kernels {
  setUp(): number;
  checksum(at: number, bytes: number): bigint;
  startChecks(bytes: number): void;
  /** See assembly/check-tile.ts; 0 is no. */
  featuresAreSound(image: number, bytes: number, tile: number, columns: number): number;
  segmentsAreSound(image: number, bytes: number, tile: number): number;
  /** See assembly/check.ts. */
  firstUnsoundTree(image: number, bytes: number, tile: number, groups: number, marks: number): number;
  firstTreeWithoutCovers(image: number, bytes: number, tile: number, covers: number): number;
  swapWords(at: number, count: number): void;
  logf(x: number): number;
  predictBlock(
    image: number,
    rows: number,
    n: number,
    missing: number,
    begin: number,
    end: number,
    out: number,
    ranks: number,
    categories: number,
    table: number,
    sums: number,
  ): void;
  leavesOfBlock(
    image: number,
    rows: number,
    n: number,
    missing: number,
    begin: number,
    end: number,
    out: number,
    ranks: number,
    categories: number,
    table: number,
  ): void;
  contributionsBlock(
    image: number,
    paths: number,
    rows: number,
    n: number,
    missing: number,
    begin: number,
    end: number,
    out: number,
    ranks: number,
    categories: number,
    tables: number,
    tableBytes: number,
    work: number,
  ): void;
  predictLinear(image: number, rows: number, n: number, missing: number, out: number): void;
  transform(code: number, values: number, n: number, groups: number): void;
}

const INITIAL_PAGES = 10;

/** Instantiates the kernels over a fresh memory. A module is instantiated without compiling, so Workers allow it. */
export async function instantiateKernels(
  wasm: WebAssembly.Module | BufferSource,
): Promise<{ kernels: Kernels; memory: WebAssembly.Memory }> {
  const memory = new WebAssembly.Memory({ initial: INITIAL_PAGES });
  const imports = { env: { memory, abort: () => undefined } };
  try {
    const module = wasm instanceof WebAssembly.Module ? wasm : await WebAssembly.compile(wasm);
    const instance = await WebAssembly.instantiate(module, imports);
    return { kernels: instance.exports as unknown as Kernels, memory };
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new XgboostWasmError('wasm-unavailable', 'wasm', `the kernels cannot be started: ${reason}`);
  }
}
