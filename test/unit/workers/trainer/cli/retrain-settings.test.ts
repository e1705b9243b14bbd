import { expect, it } from 'vitest';
import { retrainArguments } from '../../../../../workers/trainer/cli/retrain-settings.ts';
import {
  createTrainingCommand,
  type TrainingFlags,
} from '../../../../../workers/trainer/cli/training-flags.ts';

const R2 = {
  R2_BUCKET: 'artifacts',
  R2_ENDPOINT: 'http://127.0.0.1:1',
  R2_ACCESS_KEY_ID: 'id',
  R2_SECRET_ACCESS_KEY: 'very secret',
};

async function flagsOf(args: readonly string[]): Promise<TrainingFlags> {
  let flags: TrainingFlags | undefined;
  await createTrainingCommand(async (parsed) => {
    flags = parsed;
  }).parseAsync(args, { from: 'user' });
  if (!flags) throw new Error('the command did not run');
  return flags;
}

it('turns the environment of the nightly run into a command line of npm run train', async () => {
  const environment = { ...R2, KAGGLE_API_TOKEN: 'token', GITHUB_STEP_SUMMARY: '/tmp/summary.md' };
  expect(await flagsOf(retrainArguments(environment, ['--force']))).toMatchObject({
    dataset: 'kaggle',
    out: 'r2://artifacts',
    windows: 8,
    summary: '/tmp/summary.md',
    force: true,
  });
});

it.each([
  [undefined, undefined],
  ['auto', undefined],
  ['on', true],
  ['off', false],
])('maps RETRAIN_TIME_TRAVEL=%s to the flag %s', async (text, timeTravel) => {
  const environment = { ...R2, RETRAIN_DATASET: './sales', ...(text && { RETRAIN_TIME_TRAVEL: text }) };
  expect((await flagsOf(retrainArguments(environment, []))).timeTravel).toBe(timeTravel);
});

it('refuses an unknown value of RETRAIN_TIME_TRAVEL before any work', () => {
  const environment = { ...R2, RETRAIN_DATASET: './sales', RETRAIN_TIME_TRAVEL: 'yes' };
  expect(() => retrainArguments(environment, [])).toThrow(
    /RETRAIN_TIME_TRAVEL is "yes": set auto, on or off/,
  );
});

it('lets flags win over the environment', async () => {
  const args = retrainArguments({ ...R2, RETRAIN_DATASET: 'synthetic' }, ['--windows', '4', '--stores', '2']);
  const flags = await flagsOf(args);
  expect(flags).toMatchObject({ dataset: 'synthetic', windows: 4, stores: 2 });
  expect(flags.summary).toBeUndefined();
});

it('names everything missing at once, and no secret', () => {
  let message = '';
  try {
    retrainArguments({ KAGGLE_USERNAME: 'me', R2_SECRET_ACCESS_KEY: 'very secret' }, []);
  } catch (error) {
    message = String(error);
  }
  for (const name of ['R2_BUCKET', 'R2_ACCOUNT_ID', 'R2_ACCESS_KEY_ID', 'KAGGLE_KEY']) {
    expect(message).toContain(`${name} is not set`);
  }
  expect(message).not.toContain('very secret');
  expect(() => retrainArguments({}, ['--help'])).not.toThrow();
  expect(() => retrainArguments({ ...R2, RETRAIN_DATASET: './sales' }, [])).not.toThrow();
});
