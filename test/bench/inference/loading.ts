import { writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { run } from '../../../shared/xgboost-wasm/zoo/python-environment.ts';
import { best, median, rounded } from './measures.ts';
import type { Finding, Subject } from './subject.ts';

const PROCESSES = 5;
const script = fileURLToPath(new URL('../../../shared/xgboost-wasm/bench/load-once.ts', import.meta.url));

/** Load times in fresh processes: the first loading in each (median and best), and the best of later ones. */
async function inFreshProcesses(how: 'load' | 'loadPacked', file: string, name: string) {
  const cold: number[] = [];
  const warm: number[] = [];
  for (let i = 0; i < PROCESSES; i++) {
    const times = JSON.parse(await run(process.execPath, [script, how, file])) as Record<
      'cold' | 'warm',
      number
    >;
    cold.push(times.cold);
    warm.push(times.warm);
  }
  return {
    [`load_${name}_ms`]: rounded(median(cold)),
    [`load_${name}_ms_best`]: rounded(best(cold)),
    [`load_${name}_ms_warm`]: rounded(best(warm)),
  };
}

export async function measureLoading({ model, file }: Subject): Promise<Finding> {
  const packed = model.pack();
  const packedFile = `${file}.packed`;
  writeFileSync(packedFile, packed);
  const figures = {
    packed_bytes: packed.length,
    ...(await inFreshProcesses('loadPacked', packedFile, 'packed')),
    ...(await inFreshProcesses('load', `${file}.ubj`, 'ubj')),
  };
  return { mismatches: 0, figures };
}
