import { spawn } from 'node:child_process';
import { watch } from 'node:fs';
import { mkdtemp, readFile, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { beforeEach, describe, expect, it } from 'vitest';
import { openXgboostOrSkip } from '../../../../../support/trainer/open-xgboost.ts';

const SCRIPT = fileURLToPath(
  new URL('../../../../../../workers/trainer/research/tune/tune.ts', import.meta.url),
);
/** So few trees that another candidate is better. */
const CURRENT = { rounds: 1, max_rows: 1500, max_depth: 3 };
const SPACE = { eta: [0.1, 0.3, 0.6], max_depth: [2, 3, 4], rounds: [5, 8] };

beforeEach(async (context) => {
  await openXgboostOrSkip(context);
});

interface Search {
  readonly directory: string;
  readonly state: string;
  readonly params: string;
}

async function newSearch(): Promise<Search> {
  const directory = await mkdtemp(join(tmpdir(), 'tune-'));
  await writeFile(join(directory, 'current.json'), JSON.stringify(CURRENT));
  await writeFile(join(directory, 'space.json'), JSON.stringify(SPACE));
  return { directory, state: join(directory, 'state.json'), params: join(directory, 'best.json') };
}

/** Runs `npm run tune` on a small synthetic dataset; kills it as soon as its state holds `killAfter` trials. */
async function tune(
  { directory, state, params }: Search,
  killAfter = Number.POSITIVE_INFINITY,
): Promise<string> {
  const data = ['--stores', '2', '--families', '3', '--threads', '1'];
  const parameters = ['--params', join(directory, 'current.json'), '--space', join(directory, 'space.json')];
  const size = ['--candidates', '6', '--windows', '3', '--holdout', '1', '--json'];
  const args = [SCRIPT, ...data, ...parameters, ...size, '--state', state, '--out', params];
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] });
  let output = '';
  child.stdout.on('data', (chunk: Buffer) => {
    output += chunk.toString();
  });
  const watcher = watch(directory, async () => {
    if ((await trialsIn(state)) >= killAfter) child.kill('SIGKILL');
  });
  await new Promise((resolve) => child.once('close', resolve));
  watcher.close();
  return output;
}

/** Trials in a state file that may not exist yet; an incomplete state file fails the test. */
async function trialsIn(path: string): Promise<number> {
  const text = await readFile(path, 'utf8').catch(() => null);
  return text === null ? 0 : (JSON.parse(text) as { trials: unknown[] }).trials.length;
}

describe('a search for parameters', () => {
  it('killed and restarted ends like an uninterrupted one', async () => {
    const whole = await newSearch();
    const output = await tune(whole);
    const total = await trialsIn(whole.state);
    const summary = JSON.parse(output.trim().split('\n').at(-1) ?? '');
    expect(summary).toMatchObject({ candidates: 6, trials: total, current: CURRENT });

    const broken = await newSearch();
    await tune(broken, 3);
    const atKill = await trialsIn(broken.state);
    expect(atKill).toBeGreaterThanOrEqual(3);
    expect(atKill).toBeLessThan(total);
    const resumed = await tune(broken);
    expect(await readFile(broken.state, 'utf8')).toBe(await readFile(whole.state, 'utf8'));
    expect(JSON.parse(resumed.trim().split('\n').at(-1) ?? '')).toEqual(summary);

    expect(summary.best).toMatchObject({ rounds: expect.toBeOneOf(SPACE.rounds) });
    expect(JSON.parse(await readFile(broken.params, 'utf8'))).toEqual(summary.best);
  });
});
