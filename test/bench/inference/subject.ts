import type { Model } from 'xgboost-wasm';
import type { NativeProcess } from '../../../shared/xgboost-wasm/bench/native-process.ts';
import type { WorkerdHost } from '../../../shared/xgboost-wasm/bench/workerd-host.ts';

export const COLUMNS = 30;
export const ROWS = 28_512;
/** More rounds than a quiet machine needs: the best of many is the same on a busy one. */
export const ROUNDS = 12;

/** One model in every environment where it is timed, with the same rows and native's margins of them. */
export interface Subject {
  readonly native: NativeProcess;
  readonly workerd: WorkerdHost;
  readonly model: Model;
  readonly rows: Float32Array;
  readonly expected: Float32Array;
  readonly trees: number;
  /** The directory of the files, and the model's file without its extension. */
  readonly folder: string;
  readonly file: string;
}

/** Figures by name, and the number of values that are not bit-identical. */
export interface Finding {
  readonly mismatches: number;
  readonly figures: Readonly<Record<string, number | string>>;
}

export function rowsFrom(rows: Float32Array, first: number, count: number): Float32Array {
  return rows.subarray(first * COLUMNS, (first + count) * COLUMNS);
}
