import { best, countMismatches, rounded, seconds } from './measures.ts';
import { type Finding, ROUNDS, ROWS, type Subject } from './subject.ts';

/** Margins of all rows: native and ours alternate, so that other load affects both. */
export async function measureBatch(subject: Subject, name: string): Promise<Finding> {
  const { native, workerd, model, rows, expected } = subject;
  const out = new Float32Array(ROWS);
  const predict = (): Float32Array => model.predict(rows, { output: 'margin', out });
  const mismatches =
    countMismatches(predict(), expected) + countMismatches(await workerd.result('batch', 1), expected);
  const times: Record<'native' | 'wasm' | 'once' | 'empty', number[]> = {
    native: [],
    wasm: [],
    once: [],
    empty: [],
  };
  for (let round = 0; round < ROUNDS; round++) {
    // The faster of native's two ways counts.
    times.native.push(await native.do('inplace'));
    times.wasm.push(seconds(predict));
    times.native.push(await native.do('matrix'));
    times.wasm.push(seconds(predict));
    times.once.push(await workerd.seconds('batch', 1));
    times.empty.push(await workerd.seconds('batch', 0));
  }
  const nativeTime = best(times.native);
  const wasm = best(times.wasm);
  // Minus the cost of a request that predicts nothing. One prediction is timed, as in Node: a longer run is interrupted
  // more often on a busy machine, so timing several at once would make workerd look slower than it is.
  const inWorkerd = best(times.once) - best(times.empty);
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
