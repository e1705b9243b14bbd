import { readdir } from 'node:fs/promises';
import { exitOnError } from '../../workers/trainer/cli/exit-on-error.ts';

/** A benchmark: prints its measurements and, with `--json`, one object on its last line. */
interface Benchmark {
  run(args: readonly string[]): Promise<void>;
}

const DISPATCHER = 'run.ts';

async function main([name, ...args]: readonly string[]): Promise<number> {
  const names = (await readdir(new URL('.', import.meta.url)))
    .filter((file) => file.endsWith('.ts') && file !== DISPATCHER)
    .map((file) => file.slice(0, -'.ts'.length));
  if (name === undefined || !names.includes(name)) {
    const wish = name === undefined || name === '--help' ? '' : `There is no benchmark "${name}".\n`;
    process.stderr.write(`${wish}npm run bench -- NAME [--json], NAME one of: ${names.join(', ')}\n`);
    return name === '--help' ? 0 : 2;
  }
  const benchmark = (await import(new URL(`./${name}.ts`, import.meta.url).href)) as Benchmark;
  await exitOnError(benchmark.run(args));
  return Number(process.exitCode ?? 0);
}

process.exitCode = await main(process.argv.slice(2));
