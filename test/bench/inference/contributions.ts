import { join } from 'node:path';
import { best, countMismatches, readFloats, rounded, seconds, worstDifference } from './measures.ts';
import { COLUMNS, type Finding, rowsFrom, type Subject } from './subject.ts';

const COUNT = 1000;
const ROUNDS = 2;

/** TreeSHAP: the tolerance is that of the zoo's tests, but in workerd the bits must equal those of Node. */
export async function measureContributions(subject: Subject): Promise<Finding> {
  const { native, workerd, model, rows, folder } = subject;
  const few = rowsFrom(rows, 0, COUNT);
  const predict = (): Float32Array => model.predict(few, { output: 'contributions' });
  model.predict(rowsFrom(rows, 0, 1), { output: 'contributions' });
  await workerd.result('contributions', 1);
  const times: Record<'native' | 'wasm' | 'workerd', number[]> = { native: [], wasm: [], workerd: [] };
  for (let round = 0; round < ROUNDS; round++) {
    times.native.push(await native.do('shap', { rows: COUNT }));
    times.wasm.push(seconds(predict));
    times.workerd.push(await workerd.seconds('contributions', COUNT));
  }
  const request = await workerd.seconds('contributions', 0);
  const ours = predict();
  const inWorkerd = best(times.workerd) - request;
  return {
    mismatches: countMismatches(await workerd.result('contributions', COUNT), ours),
    figures: {
      shap_us_per_row_native: rounded((best(times.native) / COUNT) * 1e6),
      shap_us_per_row: rounded((best(times.wasm) / COUNT) * 1e6),
      shap_us_per_row_workerd: rounded((inWorkerd / COUNT) * 1e6),
      shap_worst_relative: rounded(worstDifference(ours, readFloats(join(folder, 'shap.f32')), COLUMNS + 1)),
      ratio_shap: rounded(best(times.native) / best(times.wasm)),
      ratio_shap_workerd: rounded(best(times.native) / inWorkerd),
    },
  };
}
