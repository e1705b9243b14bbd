import { best, countMismatches, rounded, seconds } from './measures.ts';
import { type Finding, ROUNDS, ROWS, type Subject } from './subject.ts';

/** Margins of all rows: native and ours in turn, so that whatever else the machine does hits both. */
export async function measureBatch(subject: Subject, name: string): Promise<Finding> {
  const { native, workerd, model, rows, expected } = subject;
  const out = new Float32Array(ROWS);
  const predict = (): Float32Array => model.predict(rows, { output: 'margin', out });
  const mismatches =
    countMismatches(predict(), expected) + countMismatches(await workerd.result('batch', 1), expected);
  const times: Record<'native' | 'wasm' | 'once' | 'thrice', number[]> = {
    native: [],
    wasm: [],
    once: [],
    thrice: [],
  };
  for (let round = 0; round < ROUNDS; round++) {
    // The faster of native's two ways is what counts.
    times.native.push(await native.do('inplace'));
    times.wasm.push(seconds(predict));
    times.native.push(await native.do('matrix'));
    times.wasm.push(seconds(predict));
    times.once.push(await workerd.seconds('batch', 1));
    times.thrice.push(await workerd.seconds('batch', 3));
  }
  const nativeTime = best(times.native);
  const wasm = best(times.wasm);
  // What two more predictions cost: the request itself is not counted.
  const inWorkerd = (best(times.thrice) - best(times.once)) / 2;
  const nanoseconds = (time: number): number => rounded((time * 1e9) / ROWS / subject.trees);
  return {
    mismatches,
    figures: {
      [`ns_${name}_native`]: nanoseconds(nativeTime),
      [`ns_${name}`]: nanoseconds(wasm),
      [`ns_${name}_workerd`]: nanoseconds(inWorkerd),
      [`ratio_${name}`]: rounded(nativeTime / wasm),
      [`ratio_${name}_workerd`]: rounded(nativeTime / inWorkerd),
    },
  };
}
