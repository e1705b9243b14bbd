import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { createEngine, type Engine, type Model } from 'xgboost-wasm';
import { NativeProcess } from '../../shared/xgboost-wasm/bench/native-process.ts';
import { plainWalker } from '../../shared/xgboost-wasm/bench/plain-walker.ts';
import { WorkerdHost } from '../../shared/xgboost-wasm/bench/workerd-host.ts';
import { ensurePython } from '../../shared/xgboost-wasm/zoo/python-environment.ts';

const COLUMNS = 30;
const ROWS = 28_512;
const SHAP_ROWS = 1000;
const SINGLE_ROWS = 2000;
const ROUNDS = 5;

interface BenchCase {
  readonly name: string;
  readonly data: 'dense' | 'missing';
  readonly depth: number;
  readonly trees: number;
}

const CASES: readonly BenchCase[] = [
  { name: 'depth8', data: 'dense', depth: 8, trees: 500 },
  { name: 'depth8_missing', data: 'missing', depth: 8, trees: 500 },
  { name: 'depth6', data: 'dense', depth: 6, trees: 500 },
  { name: 'depth10', data: 'dense', depth: 10, trees: 500 },
  { name: 'depth8_1000', data: 'dense', depth: 8, trees: 1000 },
];

interface BatchResult {
  readonly inplace: number;
  readonly matrix: number;
  readonly wasm: number;
  readonly workerd: number;
  readonly mismatches: number;
}

/** The best of several runs: what the machine can do when nothing else runs on it, for either side alike. */
function best(values: readonly number[]): number {
  return Math.min(...values);
}

function readFloats(path: string): Float32Array {
  const { buffer, byteOffset, byteLength } = readFileSync(path);
  return new Float32Array(buffer.slice(byteOffset, byteOffset + byteLength));
}

function seconds(work: () => unknown): number {
  const start = performance.now();
  work();
  return (performance.now() - start) / 1000;
}

function countMismatches(actual: Float32Array, expected: Float32Array): number {
  const a = new Int32Array(actual.buffer, actual.byteOffset, actual.length);
  const b = new Int32Array(expected.buffer, expected.byteOffset, expected.length);
  if (a.length !== b.length) return Math.max(a.length, b.length);
  return a.reduce((sum, bits, i) => sum + (bits === b[i] ? 0 : 1), 0);
}

/** Margins of all rows: native and ours in turn, so that whatever else the machine does hits both. */
async function batch(
  native: NativeProcess,
  workerd: WorkerdHost,
  model: Model,
  rows: Float32Array,
  expected: Float32Array,
) {
  const out = new Float32Array(ROWS);
  const predict = (): Float32Array => model.predict(rows, { output: 'margin', out });
  const mismatches =
    countMismatches(predict(), expected) + countMismatches(await workerd.margins(), expected);
  const times = {
    inplace: [] as number[],
    matrix: [] as number[],
    wasm: [] as number[],
    once: [] as number[],
    thrice: [] as number[],
  };
  for (let round = 0; round < ROUNDS; round++) {
    times.inplace.push(await native.do('inplace'));
    times.wasm.push(seconds(predict));
    times.matrix.push(await native.do('matrix'));
    times.wasm.push(seconds(predict));
    times.once.push(await workerd.seconds(1));
    times.thrice.push(await workerd.seconds(3));
  }
  const result: BatchResult = {
    inplace: best(times.inplace),
    matrix: best(times.matrix),
    wasm: best(times.wasm),
    // What two more predictions cost: the request itself is not counted.
    workerd: (best(times.thrice) - best(times.once)) / 2,
    mismatches,
  };
  return result;
}

async function singleRows(native: NativeProcess, model: Model, rows: Float32Array) {
  const out = new Float32Array(1);
  const ours = (): void => {
    for (let i = 0; i < SINGLE_ROWS; i++) {
      model.predict(rows.subarray(i * COLUMNS, (i + 1) * COLUMNS), { output: 'margin', out });
    }
  };
  ours();
  const times = { native: [] as number[], wasm: [] as number[] };
  for (let round = 0; round < ROUNDS; round++) {
    times.native.push(await native.do('rows', { count: SINGLE_ROWS / 4 }));
    times.wasm.push(seconds(ours) / SINGLE_ROWS);
  }
  return { native: best(times.native), wasm: best(times.wasm) };
}

async function contributions(native: NativeProcess, model: Model, rows: Float32Array, folder: string) {
  const few = rows.subarray(0, SHAP_ROWS * COLUMNS);
  const times = { native: [] as number[], wasm: [] as number[] };
  let result = model.predict(few.subarray(0, COLUMNS), { output: 'contributions' });
  for (let round = 0; round < 2; round++) {
    times.native.push(await native.do('shap', { rows: SHAP_ROWS }));
    times.wasm.push(
      seconds(() => {
        result = model.predict(few, { output: 'contributions' });
      }),
    );
  }
  const expected = readFloats(join(folder, 'shap.f32'));
  const stride = COLUMNS + 1;
  let worst = 0;
  for (let i = 0; i < SHAP_ROWS; i++) {
    const row = expected.subarray(i * stride, (i + 1) * stride);
    const scale = row.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
    row.forEach((value, k) => {
      worst = Math.max(worst, Math.abs((result[i * stride + k] ?? Number.NaN) - value) / scale);
    });
  }
  return { native: best(times.native), wasm: best(times.wasm), worst };
}

/** Load times of the model file and of its packed form. */
function loading(engine: Engine, bytes: Uint8Array) {
  const packed = engine.load(bytes).pack();
  const times = (load: () => Model): number[] =>
    Array.from({ length: 7 }, () => {
      const start = performance.now();
      const model = load();
      const elapsed = performance.now() - start;
      model.dispose();
      return elapsed;
    });
  return {
    ubj_bytes: bytes.length,
    packed_bytes: packed.length,
    load_ubj_ms: rounded(best(times(() => engine.load(bytes)))),
    load_packed_ms: rounded(best(times(() => engine.loadPacked(packed)))),
  };
}

function plainSeconds(bytes: Uint8Array, rows: Float32Array, expected: Float32Array) {
  const walk = plainWalker(bytes);
  const few = rows.subarray(0, 2000 * COLUMNS);
  const mismatches = countMismatches(walk(few, COLUMNS), expected.slice(0, 2000));
  return {
    seconds: (best([0, 1, 2].map(() => seconds(() => walk(few, COLUMNS)))) * ROWS) / 2000,
    mismatches,
  };
}

const nanoseconds = (time: number, trees: number): number => (time * 1e9) / ROWS / trees;
const rounded = (value: number): number => Number(value.toPrecision(4));

/**
 * `npm run bench -- inference [--json]`: the engine against XGBoost itself, one thread each, on the same rows.
 * The last line is one JSON object with `--json`.
 */
export async function run(args: string[]): Promise<void> {
  const folder = fileURLToPath(new URL('../../.cache/bench-inference/', import.meta.url));
  const json = args.includes('--json');
  const say = (line: string): void => {
    if (!json) console.log(line);
  };
  const coldStart = performance.now();
  const engine = await createEngine();
  const engineStart = performance.now() - coldStart;
  const native = new NativeProcess(await ensurePython('bench'), folder);
  await native.start();
  const workerd = new WorkerdHost();
  const figures: Record<string, number | string> = {
    xgboost: native.release,
    engine_start_ms: rounded(engineStart),
  };
  let mismatches = 0;
  try {
    for (const entry of CASES) {
      await native.do('prepare', { ...entry });
      const bytes = new Uint8Array(readFileSync(join(folder, `${entry.name}.ubj`)));
      const rows = readFloats(join(folder, `${entry.data}.f32`));
      const expected = readFloats(join(folder, `${entry.name}.margin.f32`));
      const model = engine.load(bytes);
      await workerd.load(bytes, rows);
      const result = await batch(native, workerd, model, rows, expected);
      mismatches += result.mismatches;
      const per = (time: number): string => nanoseconds(time, entry.trees).toFixed(2);
      say(
        `${entry.name}: native inplace ${per(result.inplace)}, DMatrix ${per(result.matrix)}, wasm ${per(result.wasm)}, ` +
          `workerd ${per(result.workerd)} ns per row x tree; ${result.mismatches} mismatches (${model.kernel})`,
      );
      // The faster of native's two ways is what counts.
      const fastest = Math.min(result.inplace, result.matrix);
      figures[`ns_${entry.name}`] = rounded(nanoseconds(result.wasm, entry.trees));
      figures[`ns_${entry.name}_native`] = rounded(nanoseconds(fastest, entry.trees));
      figures[`ratio_${entry.name}`] = rounded(fastest / result.wasm);
      figures[`ratio_${entry.name}_workerd`] = rounded(fastest / result.workerd);
      if (entry.name === 'depth8') {
        figures.ratio_batch = rounded(fastest / result.wasm);
        figures.ns_per_row_tree = rounded(nanoseconds(result.wasm, entry.trees));
        figures.ns_per_row_tree_workerd = rounded(nanoseconds(result.workerd, entry.trees));
        const single = await singleRows(native, model, rows);
        figures.row_us = rounded(single.wasm * 1e6);
        figures.row_us_native = rounded(single.native * 1e6);
        figures.ratio_row = rounded(single.native / single.wasm);
        say(`one row: native C call ${figures.row_us_native} us, wasm ${figures.row_us} us`);
        const shap = await contributions(native, model, rows, folder);
        figures.shap_us_per_row = rounded((shap.wasm / SHAP_ROWS) * 1e6);
        figures.shap_us_per_row_native = rounded((shap.native / SHAP_ROWS) * 1e6);
        figures.shap_worst_relative = rounded(shap.worst);
        figures.ratio_shap = rounded(shap.native / shap.wasm);
        say(
          `TreeSHAP: native ${figures.shap_us_per_row_native} us a row, wasm ${figures.shap_us_per_row} us`,
        );
        const plain = plainSeconds(bytes, rows, expected);
        mismatches += plain.mismatches;
        figures.ns_plain_typescript = rounded(nanoseconds(plain.seconds, entry.trees));
        say(`plain TypeScript walker: ${figures.ns_plain_typescript} ns per row x tree`);
        Object.assign(figures, loading(engine, bytes));
        say(`loading: UBJSON ${figures.load_ubj_ms} ms, packed ${figures.load_packed_ms} ms`);
      }
      if (entry.name === 'depth8_missing') figures.ratio_batch_missing = rounded(fastest / result.wasm);
      model.dispose();
    }
  } finally {
    native.stop();
    await workerd.stop();
  }
  const summary = { mismatches, ...figures };
  console.log(json ? JSON.stringify(summary) : summary);
}
