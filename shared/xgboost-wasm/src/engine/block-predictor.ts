import { Header } from '../compile/image-layout.ts';
import { XgboostWasmError } from '../errors.ts';
import { Transform } from '../objectives/objectives.ts';
import { areaBytes } from './allocator.ts';
import type { FloatPlace } from './float-place.ts';
import type { Kernels } from './kernels.ts';
import type { ModelInfo } from './model-info.ts';
import { checkLengths, outputArray, type PredictArrays } from './predict-options.ts';
import type { Runtime } from './runtime.ts';

/** Rows that the kernels take at a time. */
const BLOCK = 256;
/** A block of very wide rows is cut so that it takes no more than this. */
const MAX_BLOCK_BYTES = 4 << 20;

/** Rows whose answers are held at a time for explicit trees: see assembly/predict.ts. */
const EXPLICIT_ROWS = 16;
/** A word a row: see assembly/category-matrix.ts. */
const OFFSET_BYTES = BLOCK * 4;
/** Models of more outputs are walked row by row: see assembly/predict.ts. */
const MAX_SLICED_GROUPS = 256;

interface Workspace {
  readonly rows: number;
  readonly out: number;
  readonly ranks: number;
  readonly categories: number;
  readonly table: number;
  readonly sums: number;
}

/** Feeds rows to the kernels block by block and collects the results. */
export class BlockPredictor {
  private readonly runtime: Runtime;
  private readonly info: ModelInfo;
  private readonly image: number;
  private readonly header: Uint32Array;

  /** @param image address of the model's image; `header` its first words */
  constructor(runtime: Runtime, info: ModelInfo, image: number, header: Uint32Array) {
    this.runtime = runtime;
    this.info = info;
    this.image = image;
    this.header = header;
  }

  /** n x groupCount margins, transformed; n values for classOfMaximum. */
  values(
    arrays: PredictArrays,
    n: number,
    begin: number,
    end: number,
    missing: number,
    transform: number,
  ): Float32Array {
    const { groupCount } = this.info;
    const width = transform === Transform.classOfMaximum ? 1 : groupCount;
    checkLengths(arrays, n * groupCount, n * width);
    const step = this.blockRows();
    const { kernels, floats, work } = this.prepare(step, groupCount);
    const baseMargin = arrays.baseMargin?.array;
    const result = outputArray(arrays.out, n * width);
    // The class of the maximum needs room for all margins.
    const direct = width === groupCount ? arrays.out?.address : undefined;
    for (let row = 0; row < n; row += step) {
      const count = Math.min(step, n - row);
      const from = this.rowsAt(arrays.rows, row, count, floats, work.rows);
      const to = direct === undefined ? work.out : direct + row * groupCount * 4;
      const margins = to >> 2;
      if (baseMargin === undefined) this.fillBase(floats, margins, count);
      else floats.set(baseMargin.subarray(row * groupCount, (row + count) * groupCount), margins);
      if (this.info.kernel === 'linear') kernels.predictLinear(this.image, from, count, missing, to);
      else {
        kernels.predictBlock(
          this.image,
          from,
          count,
          missing,
          begin,
          end,
          to,
          work.ranks,
          work.categories,
          work.table,
          work.sums,
        );
      }
      if (transform !== Transform.identity) kernels.transform(transform, to, count, groupCount);
      if (direct === undefined) result.set(floats.subarray(margins, margins + count * width), row * width);
    }
    return result;
  }

  /** Leaf ids: n x (end - begin). */
  leaves(arrays: PredictArrays, n: number, begin: number, end: number, missing: number): Float32Array {
    if (this.info.kernel === 'linear') {
      throw new XgboostWasmError('invalid-input', 'output', 'a linear model has no leaves');
    }
    const width = end - begin;
    checkLengths(arrays, n * this.info.groupCount, n * width);
    const step = this.blockRows();
    const { kernels, floats, work } = this.prepare(step, width);
    const result = outputArray(arrays.out, n * width);
    const direct = arrays.out?.address;
    for (let row = 0; row < n; row += step) {
      const count = Math.min(step, n - row);
      const to = direct === undefined ? work.out : direct + row * width * 4;
      kernels.leavesOfBlock(
        this.image,
        this.rowsAt(arrays.rows, row, count, floats, work.rows),
        count,
        missing,
        begin,
        end,
        to,
        work.ranks,
        work.categories,
        work.table,
      );
      if (direct === undefined) result.set(floats.subarray(to >> 2, (to >> 2) + count * width), row * width);
    }
    return result;
  }

  /** Takes the scratch memory; until the next call the memory does not grow, and views of it stay. */
  private prepare(
    step: number,
    outWidth: number,
  ): { kernels: Kernels; floats: Float32Array; work: Workspace } {
    const work = this.workspace(step, outWidth);
    return { kernels: this.runtime.kernels, floats: this.runtime.floats, work };
  }

  /** Address of some rows: the caller's, or of a copy at `copy`. */
  private rowsAt(rows: FloatPlace, row: number, count: number, floats: Float32Array, copy: number): number {
    const { featureCount } = this.info;
    if (rows.address !== undefined) return rows.address + row * featureCount * 4;
    floats.set(rows.array.subarray(row * featureCount, (row + count) * featureCount), copy >> 2);
    return copy;
  }

  private fillBase(floats: Float32Array, at: number, count: number): void {
    const { baseMargins, groupCount } = this.info;
    if (groupCount === 1) {
      floats.fill(baseMargins[0] ?? 0, at, at + count);
      return;
    }
    for (let i = 0; i < count; i++) floats.set(baseMargins, at + i * groupCount);
  }

  private blockRows(): number {
    return Math.max(1, Math.min(BLOCK, Math.floor(MAX_BLOCK_BYTES / (4 * this.info.featureCount))));
  }

  /** Cuts the shared scratch into the areas that a block needs; `outWidth` floats of output a row. */
  private workspace(step: number, outWidth: number): Workspace {
    const rows = areaBytes(step * this.info.featureCount * 4);
    const out = areaBytes(step * outWidth * 4);
    const ranks = areaBytes((this.header[Header.maxUsedFeatures] ?? 0) * BLOCK * 4);
    const tables = EXPLICIT_ROWS * ((this.header[Header.maxPredicateRows] ?? 0) + 32);
    const table = areaBytes(Math.max(OFFSET_BYTES, tables) + 64);
    const sums = Math.min(this.info.groupCount, MAX_SLICED_GROUPS) * BLOCK * 4;
    const at = this.runtime.scratch(rows + out + 2 * ranks + table + sums);
    return {
      rows: at,
      out: at + rows,
      ranks: at + rows + out,
      categories: at + rows + out + ranks,
      table: at + rows + out + 2 * ranks,
      sums: at + rows + out + 2 * ranks + table,
    };
  }
}
