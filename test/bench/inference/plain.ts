import { readFileSync } from 'node:fs';
import { plainWalker } from '../../../shared/xgboost-wasm/bench/plain-walker.ts';
import { best, countMismatches, rounded, seconds } from './measures.ts';
import { COLUMNS, type Finding, rowsFrom, type Subject } from './subject.ts';

const COUNT = 2000;

/** The naive loop, in TypeScript. */
export function measurePlain({ file, rows, expected, trees }: Subject): Finding {
  const walk = plainWalker(new Uint8Array(readFileSync(`${file}.ubj`)));
  const few = rowsFrom(rows, 0, COUNT);
  const mismatches = countMismatches(walk(few, COLUMNS), expected.subarray(0, COUNT));
  const time = best([0, 1, 2].map(() => seconds(() => walk(few, COLUMNS))));
  return { mismatches, figures: { ns_plain_typescript: rounded((time * 1e9) / COUNT / trees) } };
}
