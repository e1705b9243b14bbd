import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { beforeEach, describe, expect, it } from 'vitest';
import { openXgboostOrSkip } from '../support/trainer/open-xgboost.ts';

const run = promisify(execFile);
const ROOT = fileURLToPath(new URL('../..', import.meta.url));

beforeEach(async (context) => {
  await openXgboostOrSkip(context);
});

interface Uplift {
  readonly learned: number;
  readonly planted: number;
  readonly ratio: number;
}

interface UpliftOutput {
  readonly families_measurable: number;
  readonly within_20_percent_at_every_horizon: number;
  readonly families: readonly (Uplift & {
    readonly family: string;
    readonly is_measurable: boolean;
    readonly points: number;
    readonly horizons: readonly (Uplift & { readonly h: number; readonly points: number })[];
  })[];
}

describe('npm run uplift', () => {
  it('finds the planted uplift of a small synthetic dataset for every measurable family and horizon', async () => {
    const size = [
      '--stores',
      '26',
      '--families',
      '20',
      '--max-rows',
      '40000',
      '--rounds',
      '60',
      '--trees-per-round',
      '1',
    ];
    const script = join(ROOT, 'workers/trainer/research/uplift/uplift.ts');
    const { stdout } = await run(
      process.execPath,
      [script, ...size, '--min-days', '600', '--windows', '2', '--json'],
      {
        cwd: ROOT,
        maxBuffer: 1e8,
      },
    );
    const output = JSON.parse(stdout.trim().split('\n').at(-1) ?? '') as UpliftOutput;
    const measurable = output.families.filter(({ is_measurable }) => is_measurable);
    expect(measurable.length).toBeGreaterThanOrEqual(8);
    expect(output.families_measurable).toBe(measurable.length);
    expect(output.within_20_percent_at_every_horizon).toBe(measurable.length);
    for (const { family, points, horizons } of measurable) {
      expect(horizons.map(({ h }) => h)).toEqual(Array.from({ length: 16 }, (_, i) => i + 1));
      for (const { h, ratio, points: own } of horizons) {
        // The same days at every horizon.
        expect(own, family).toBe(points / 16);
        expect(ratio, `${family}, h = ${h}`).toBeGreaterThan(0.8);
        expect(ratio, `${family}, h = ${h}`).toBeLessThan(1.2);
      }
    }
  });
});
