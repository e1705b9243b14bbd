import { best, countMismatches, rounded, seconds } from './measures.ts';
import { COLUMNS, type Finding, ROUNDS, type Subject } from './subject.ts';

const COUNT = 2000;
/** More of them in workerd, so that the request itself hardly counts. */
const COUNT_IN_WORKERD = 10_000;

/** One row per call: native's C function, ours in Node and in workerd. */
export async function measureSingleRows(subject: Subject): Promise<Finding> {
  const { native, workerd, model, rows, expected } = subject;
  const margins = new Float32Array(COUNT);
  const out = new Float32Array(1);
  const ours = (): void => {
    for (let i = 0; i < COUNT; i++) {
      model.predict(rows.subarray(i * COLUMNS, (i + 1) * COLUMNS), { output: 'margin', out });
      margins[i] = out[0] ?? 0;
    }
  };
  ours();
  const mismatches =
    countMismatches(margins, expected.subarray(0, COUNT)) +
    countMismatches(await workerd.result('single', COUNT), expected.subarray(0, COUNT));
  const times: Record<'native' | 'wasm' | 'workerd' | 'request', number[]> = {
    native: [],
    wasm: [],
    workerd: [],
    request: [],
  };
  for (let round = 0; round < ROUNDS; round++) {
    times.native.push(await native.do('rows', { count: COUNT / 4 }));
    times.wasm.push(seconds(ours) / COUNT);
    times.request.push(await workerd.seconds('single', 0));
    times.workerd.push(await workerd.seconds('single', COUNT_IN_WORKERD));
  }
  const inWorkerd = (best(times.workerd) - best(times.request)) / COUNT_IN_WORKERD;
  return {
    mismatches,
    figures: {
      row_us_native: rounded(best(times.native) * 1e6),
      row_us: rounded(best(times.wasm) * 1e6),
      row_us_workerd: rounded(inWorkerd * 1e6),
      ratio_row: rounded(best(times.native) / best(times.wasm)),
      ratio_row_workerd: rounded(best(times.native) / inWorkerd),
    },
  };
}
