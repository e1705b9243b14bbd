/**
 * The long proofs, one after the other: tests of minutes and properties by all their random cases, random failures over
 * the stores, a running system that is broken, random retailers, random models, damaged model files, planted mistakes,
 * the laws on the synthetic dataset and on small random retailers, learned against planted promotion effects, two nights
 * of retraining.
 * The exit code is 1 when one of them failed; the others still run.
 *
 *   npm run test:long -- --only faults,panels
 *
 * @module
 */
import { spawn } from 'node:child_process';
import { Command } from 'commander';

/** Those that small random retailers keep, too. */
const KEPT_LAWS = 'anotherSeed,losingOthersDays,renaming,movingDates,copying,sumsGrow,meanAboveMedian';

/** npm scripts with their arguments, by name. */
const PROOFS: Readonly<Record<string, readonly string[]>> = {
  extended: ['test:extended'],
  faults: ['test:faults'],
  panels: ['test:panels'],
  chaos: ['test:chaos'],
  engine: ['test:engine'],
  fuzz: ['test:fuzz'],
  mutations: ['test:mutations'],
  laws: ['test:laws', '--', '--dataset', 'synthetic', '--stores', '8', '--families', '8'],
  'laws-of-panels': ['test:laws', '--', '--panels', '2', '--laws', KEPT_LAWS],
  uplift: ['uplift'],
  nights: ['retrain:local'],
};

const parseNames = (text: string): string[] => text.split(',');
const { only = Object.keys(PROOFS) } = new Command('npm run test:long --')
  .description('Runs the proofs that take too long for every change.')
  .option('--only <names>', `only these, separated by commas: ${Object.keys(PROOFS).join(', ')}`, parseNames)
  .parse(process.argv)
  .opts<{ only?: string[] }>();

const unknown = only.filter((name) => !(name in PROOFS));
if (unknown.length > 0) {
  process.stderr.write(
    `There is no proof "${unknown.join(', ')}"; there are ${Object.keys(PROOFS).join(', ')}\n`,
  );
  process.exit(2);
}

function run(args: readonly string[]): Promise<number> {
  return new Promise((resolve, reject) => {
    const child = spawn('npm', ['run', ...args], { stdio: 'inherit', shell: process.platform === 'win32' });
    child.once('error', reject).once('close', (code) => resolve(code ?? 1));
  });
}

const lines: string[] = [];
let failed = 0;
for (const name of only) {
  process.stdout.write(`== ${name}\n`);
  const start = performance.now();
  const code = await run(PROOFS[name] ?? []);
  if (code !== 0) failed++;
  lines.push(
    `${code === 0 ? 'passed' : `FAILED (exit code ${code})`}  ${name}, ${Math.round((performance.now() - start) / 1000)} s`,
  );
}
process.stdout.write(`${lines.join('\n')}\n${only.length - failed} passed, ${failed} failed\n`);
process.exitCode = failed > 0 ? 1 : 0;
