/**
 * Random models with hostile thresholds (infinite, NaN, denormal, of huge span) through every kernel of xgboost-wasm,
 * against a plain walk over the trees in float32. The exit code is 1 when anything differs; a failing model is
 * reproduced by its seed.
 *
 *   npm run test:engine -- --models 50000 --seed 1
 *
 * @module
 */
import { Command } from 'commander';
import { createEngine } from 'xgboost-wasm';
import { compareKernels } from '../../shared/xgboost-wasm/test/oracle/compare-kernels.ts';
import { atLeast } from '../../workers/trainer/data/import/data-flags.ts';

const MAX_SHOWN_MODELS = 10;
const MAX_SHOWN_PROBLEMS = 5;
const PROGRESS_LINES = 20;

const { models, seed: firstSeed } = new Command('npm run test:engine --')
  .description('Compares every kernel with a plain tree walk on random models with hostile thresholds.')
  .option('--models <number>', 'number of models', atLeast(1), 50_000)
  .option('--seed <number>', 'seed of the first model; the others follow it', atLeast(1), 1)
  .parse(process.argv)
  .opts<{ models: number; seed: number }>();

const print = (line: string) => process.stdout.write(`${line}\n`);
const engine = await createEngine();
const start = performance.now();
const kernels = new Map<string, number>();
const step = Math.max(1, Math.ceil(models / PROGRESS_LINES));
let wrong = 0;
for (let done = 1; done <= models; done++) {
  const seed = firstSeed + done - 1;
  const { kernel, problems } = compareKernels(engine, seed);
  kernels.set(kernel, (kernels.get(kernel) ?? 0) + 1);
  if (problems.length > 0 && ++wrong <= MAX_SHOWN_MODELS) {
    print(`--models 1 --seed ${seed} (${kernel} kernel):`);
    for (const problem of problems.slice(0, MAX_SHOWN_PROBLEMS)) print(`  ${problem}`);
  }
  if (done % step !== 0 && done !== models) continue;
  const seconds = Math.round((performance.now() - start) / 1000);
  print(`${done} of ${models} models, ${wrong} wrong, ${seconds} s`);
}
const mix = [...kernels].map(([kernel, count]) => `${count} ${kernel}`).join(', ');
print(`kernels: ${mix}; seeds ${firstSeed} to ${firstSeed + models - 1}`);
process.exitCode = wrong === 0 ? 0 : 1;
