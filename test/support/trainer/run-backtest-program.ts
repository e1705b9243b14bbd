import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const run = promisify(execFile);
const ROOT = fileURLToPath(new URL('../../..', import.meta.url));

/** What the last line of `npm run backtest -- --json` holds. */
export interface BacktestOutput {
  readonly rmsle: number;
  readonly wape: number;
  readonly windows: number;
  readonly windows_won: number;
  readonly coverage80: number;
  readonly baselines: Readonly<Record<string, { readonly rmsle: number; readonly wape: number }>>;
  readonly alternatives: Readonly<Record<string, { readonly rmsle: number }>>;
  readonly by: Readonly<Record<string, readonly { readonly name: string }[]>>;
}

/** Runs the command as a user does and parses the last line of its output. */
export async function runBacktestProgram(...args: readonly string[]): Promise<BacktestOutput> {
  const script = join(ROOT, 'workers/trainer/cli/backtest.ts');
  const { stdout } = await run(process.execPath, [script, ...args, '--json'], { cwd: ROOT, maxBuffer: 1e8 });
  return JSON.parse(stdout.trim().split('\n').at(-1) ?? '') as BacktestOutput;
}
