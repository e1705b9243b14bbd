import { OnnxModel } from '../../../shared/xgboost-wasm/bench/onnx-runtime.ts';
import { best, rounded, seconds, worstDifference } from './measures.ts';
import { COLUMNS, type Finding, ROUNDS, ROWS, rowsFrom, type Subject } from './subject.ts';

const SINGLE_ROWS = 500;

async function secondsOf(work: () => Promise<unknown>): Promise<number> {
  const start = performance.now();
  await work();
  return (performance.now() - start) / 1000;
}

async function timed(onnx: OnnxModel, { model, rows, expected, trees }: Subject): Promise<Finding> {
  const margins = await onnx.predict(rows, COLUMNS);
  const singly = async (): Promise<void> => {
    for (let i = 0; i < SINGLE_ROWS; i++) await onnx.predict(rowsFrom(rows, i, 1), COLUMNS);
  };
  const out = new Float32Array(ROWS);
  const oneOut = new Float32Array(1);
  const oursSingly = (): void => {
    for (let i = 0; i < SINGLE_ROWS; i++)
      model.predict(rowsFrom(rows, i, 1), { output: 'margin', out: oneOut });
  };
  const times: Record<'batch' | 'ours' | 'row' | 'oursRow', number[]> = {
    batch: [],
    ours: [],
    row: [],
    oursRow: [],
  };
  for (let round = 0; round < ROUNDS; round++) {
    times.batch.push(await secondsOf(() => onnx.predict(rows, COLUMNS)));
    times.ours.push(seconds(() => model.predict(rows, { output: 'margin', out })));
    times.row.push((await secondsOf(singly)) / SINGLE_ROWS);
    times.oursRow.push(seconds(oursSingly) / SINGLE_ROWS);
  }
  return {
    mismatches: 0,
    figures: {
      onnxruntime: OnnxModel.version,
      ns_onnx: rounded((best(times.batch) * 1e9) / ROWS / trees),
      ratio_onnx_batch: rounded(best(times.batch) / best(times.ours)),
      row_us_onnx: rounded(best(times.row) * 1e6),
      ratio_onnx_row: rounded(best(times.row) / best(times.oursRow)),
      onnx_worst_difference: rounded(worstDifference(margins, expected, 1)),
    },
  };
}

/** onnxruntime-node on the converted model, one thread, in this process; reports a failed conversion. */
export async function measureOnnx(subject: Subject): Promise<Finding> {
  try {
    const onnx = await OnnxModel.open(`${subject.file}.ubj`);
    const finding = await timed(onnx, subject);
    await onnx.close();
    return finding;
  } catch (error) {
    const reason = error instanceof Error ? (error.message.trim().split('\n').at(-1) ?? '') : String(error);
    return { mismatches: 0, figures: { onnxruntime: `not measured: ${reason}` } };
  }
}
