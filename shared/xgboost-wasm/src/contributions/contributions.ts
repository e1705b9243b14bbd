import { Header } from '../compile/image-layout.ts';
import { areaBytes } from '../engine/allocator.ts';
import type { ModelInfo } from '../engine/model-info.ts';
import { outputArray, type PredictArrays } from '../engine/predict-options.ts';
import type { Runtime } from '../engine/runtime.ts';
import { XgboostWasmError } from '../errors.ts';
import { buildPaths } from './build-paths.ts';

/** Rows whose predicate tables are held at a time, so that a tree is read once for all of them. */
const ROWS = 8;
const BLOCK = 256;

/** Exact SHAP values of one model; its paths lie in wasm memory after the image. */
export class Contributions {
  private readonly runtime: Runtime;
  private readonly info: ModelInfo;
  private readonly image: number;
  private readonly paths: number;
  private readonly workBytes: number;
  private readonly tableBytes: number;
  private readonly rankBytes: number;
  readonly memoryBytes: number;

  /** @param image address of the model's image; `header` its first words */
  constructor(runtime: Runtime, info: ModelInfo, image: number, header: Uint32Array) {
    if ((header[Header.shapTable] ?? 0) === 0) {
      throw new XgboostWasmError(
        'unsupported-model',
        'output',
        'the model has no covers to compute contributions from',
      );
    }
    const bytes = header[Header.bytes] ?? 0;
    const copy = runtime.bytes.slice(image, image + bytes);
    const { block, vectors, depth, slots } = buildPaths(copy.buffer, info.treeCount);
    this.runtime = runtime;
    this.info = info;
    this.image = image;
    this.paths = runtime.place(block);
    this.memoryBytes = block.length;
    const width = vectors * 16;
    this.workBytes = areaBytes((depth + 2) * (3 * width + 16) + slots * width);
    this.tableBytes = areaBytes((header[Header.maxPredicateRows] ?? 0) + 32);
    this.rankBytes = areaBytes((header[Header.maxUsedFeatures] ?? 0) * BLOCK * 4);
  }

  /** Frees the wasm memory. */
  release(): void {
    this.runtime.allocator.release(this.paths);
  }

  /**
   * n x groupCount x (featureCount + 1) values, `length` in all; the last of each is the bias.
   */
  compute(
    arrays: PredictArrays,
    n: number,
    begin: number,
    end: number,
    missing: number,
    length: number,
  ): Float32Array {
    const { runtime, tableBytes, rankBytes } = this;
    const { featureCount, groupCount, baseMargins } = this.info;
    const stride = featureCount + 1;
    const rowsBytes = areaBytes(ROWS * featureCount * 4);
    const outBytes = areaBytes(ROWS * groupCount * stride * 8);
    const at = runtime.scratch(rowsBytes + outBytes + 2 * rankBytes + ROWS * tableBytes + this.workBytes);
    // From here on the memory does not grow.
    const rows = arrays.rows.array;
    const margins = arrays.baseMargin?.array;
    const result = outputArray(arrays.out, length);
    const out = at + rowsBytes;
    const ranks = out + outBytes;
    const tables = ranks + 2 * rankBytes;
    for (let row = 0; row < n; row += ROWS) {
      const count = Math.min(ROWS, n - row);
      let from = at;
      if (arrays.rows.address !== undefined) from = arrays.rows.address + row * featureCount * 4;
      else runtime.floats.set(rows.subarray(row * featureCount, (row + count) * featureCount), at >> 2);
      const sums = new Float64Array(runtime.bytes.buffer, out, count * groupCount * stride);
      sums.fill(0);
      for (let k = 0; k < count * groupCount; k++) {
        const base = margins === undefined ? baseMargins[k % groupCount] : margins[row * groupCount + k];
        sums[k * stride + featureCount] = base ?? 0;
      }
      runtime.kernels.contributionsBlock(
        this.image,
        this.paths,
        from,
        count,
        missing,
        begin,
        end,
        out,
        ranks,
        ranks + rankBytes,
        tables,
        tableBytes,
        tables + ROWS * tableBytes,
      );
      result.set(sums, row * groupCount * stride);
    }
    return result;
  }
}
