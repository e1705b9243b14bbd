import { mkdtemp, readdir, readFile, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import { Random } from '../../../../../../workers/trainer/data/synthetic/random.ts';
import { PARAMETER_DEFAULTS } from '../../../../../../workers/trainer/model/parameters.ts';
import {
  type MeasureCandidate,
  planRungs,
  runSearch,
  selectBest,
} from '../../../../../../workers/trainer/research/tune/run-search.ts';
import { hashDataset } from '../../../../../../workers/trainer/research/tune/search-parameters.ts';
import { reportSearch } from '../../../../../../workers/trainer/research/tune/search-report.ts';
import {
  DEFAULT_SPACE,
  drawCandidates,
  readSearchSpace,
  SearchSpaceError,
} from '../../../../../../workers/trainer/research/tune/search-space.ts';
import {
  openSearch,
  type SearchIdentity,
  SearchStateError,
  saveSearch,
} from '../../../../../../workers/trainer/research/tune/search-state.ts';
import { smallDataset } from '../../../../../support/datasets/small-dataset.ts';

function candidatesOf(count: number, seed = 1, space = DEFAULT_SPACE) {
  const random = new Random(seed);
  return drawCandidates(space, PARAMETER_DEFAULTS, count, () => random.uniform());
}

const IDENTITY: SearchIdentity = {
  dataset: 'small',
  data: 'aa',
  features: 'bb',
  windows: ['2017-06-28', '2017-06-12', '2017-05-27', '2017-05-11', '2017-04-25'],
  holdout: ['2017-07-30', '2017-07-14'],
  candidates: candidatesOf(9),
  seed: 1,
  xgboost: '3.2.0',
  threads: 2,
};

/** An error that depends only on candidate and window; higher candidates are better. */
const errorOf = (candidate: number, window: string) =>
  1 / (1 + candidate) + Number(window.slice(-2)) / 1000 + ((candidate * 7) % 3) / 100;
const measure: MeasureCandidate = async (candidate, window) => ({
  rmsle: errorOf(candidate, window),
  wape: errorOf(candidate, window) / 2,
});

class Killed extends Error {}

/** Measures candidates, and is killed before the (k + 1)-th measurement. */
function killedAfter(k: number): MeasureCandidate {
  let measured = 0;
  return async (candidate, window) => {
    if (measured++ === k) throw new Killed();
    return measure(candidate, window);
  };
}

let path: string;
beforeEach(async () => {
  path = join(await mkdtemp(join(tmpdir(), 'tune-')), 'deep', 'state.json');
});

async function search(measureWith: MeasureCandidate = measure, identity = IDENTITY) {
  const state = await openSearch(path, identity);
  return runSearch(
    state,
    measureWith,
    (next) => saveSearch(path, next),
    () => undefined,
  );
}

describe('the candidates of a search', () => {
  it('are the current parameters and other points of the space, without duplicates', () => {
    const candidates = candidatesOf(40);
    expect(candidates).toHaveLength(40);
    expect(candidates[0]).toEqual(PARAMETER_DEFAULTS);
    expect(new Set(candidates.map((candidate) => JSON.stringify(candidate))).size).toBe(40);
    for (const { max_depth, max_rows } of candidates) {
      expect(DEFAULT_SPACE.max_depth).toContain(max_depth);
      expect(max_rows).toBe(PARAMETER_DEFAULTS.max_rows);
    }
  });

  it('are the same for the same seed, and the first ones the same for any number of them', () => {
    expect(candidatesOf(12)).toEqual(candidatesOf(40).slice(0, 12));
    expect(candidatesOf(12, 2).slice(1)).not.toEqual(candidatesOf(12).slice(1));
  });

  it('are all points of a space that is smaller than requested', () => {
    const depths = candidatesOf(50, 1, { max_depth: [2, 3, PARAMETER_DEFAULTS.max_depth] });
    expect(depths.map(({ max_depth }) => max_depth).sort()).toEqual([2, 3, PARAMETER_DEFAULTS.max_depth]);
  });

  it.each([
    ['{ "max_dept": [4] }', /max_dept/],
    ['{ "eta": [0.1, 2] }', /eta\.1: /],
    ['{ "eta": 0.1 }', /eta: /],
    ['{ "eta": [0.1] }', /nothing to search: give/],
    ['{', /cannot be read as JSON/],
  ])('are refused for the space %s', async (text, message) => {
    const file = join(await mkdtemp(join(tmpdir(), 'space-')), 'space.json');
    await writeFile(file, text);
    await expect(readSearchSpace(file)).rejects.toThrow(SearchSpaceError);
    await expect(readSearchSpace(file)).rejects.toThrow(message);
  });

  it('come from the given file', async () => {
    const file = join(dirname(dirname(path)), 'space.json');
    await writeFile(file, '{ "eta": [0.1, 0.2] }');
    expect(await readSearchSpace(file)).toEqual({ eta: [0.1, 0.2] });
  });
});

describe('successive halving', () => {
  it('drops two thirds from rung to rung while the windows double', () => {
    expect(planRungs(16, 6)).toEqual([
      { windows: 2, candidates: 16 },
      { windows: 4, candidates: 6 },
      { windows: 6, candidates: 2 },
    ]);
    expect(planRungs(4, 1)).toEqual([{ windows: 1, candidates: 4 }]);
  });

  it('keeps the least errors, and always the current parameters', () => {
    const errors = new Map([0.9, 0.3, 0.5, 0.3, 0.1].map((error, id) => [id, error]));
    expect(selectBest(errors, 3)).toEqual([0, 1, 4]);
    expect(selectBest(new Map([...errors, [0, 0.2]]), 3)).toEqual([0, 1, 4]);
    expect(selectBest(new Map([...errors, [0, 0.2]]), 2)).toEqual([0, 4]);
  });
});

describe('a search', () => {
  it('measures all candidates on few windows, the best on all, and the winner on those held out', async () => {
    const { state, finalists, best } = await search();
    expect(finalists).toEqual([0, 8]);
    expect(best).toBe(8);
    const onWindow = (window: string) => state.trials.filter((trial) => trial.window === window).length;
    expect(IDENTITY.windows.map(onWindow)).toEqual([9, 9, 3, 3, 2]);
    expect(IDENTITY.holdout.map(onWindow)).toEqual([2, 2]);
  });

  it('never uses the windows held out before the best is chosen', async () => {
    const { state } = await search();
    const first = state.trials.findIndex(({ window }) => IDENTITY.holdout.includes(window));
    expect(state.trials.slice(first).every(({ window }) => IDENTITY.holdout.includes(window))).toBe(true);
  });

  it('ends the same wherever it was killed, without measuring anything twice', async () => {
    const whole = await search();
    const expected = await readFile(path, 'utf8');
    const total = whole.state.trials.length;
    for (const k of [0, 1, 9, 17, 18, 25, total - 1]) {
      path = join(await mkdtemp(join(tmpdir(), 'tune-')), 'state.json');
      await expect(search(killedAfter(k))).rejects.toThrow(Killed);
      let again = 0;
      const resumed = await search((candidate, window) => {
        again++;
        return measure(candidate, window);
      });
      expect(again).toBe(total - k);
      expect(resumed).toEqual(whole);
      expect(await readFile(path, 'utf8')).toBe(expected);
    }
  });

  it('leaves no partial files next to its state', async () => {
    await search();
    expect(await readdir(dirname(path))).toEqual(['state.json']);
  });

  it.each([
    ['data', { data: 'cc' }],
    ['candidates', { candidates: candidatesOf(9, 2) }],
    ['windows', { windows: IDENTITY.windows.slice(1) }],
    ['threads', { threads: 1 }],
    ['xgboost', { xgboost: '3.3.0' }],
  ])('is not resumed if it differs in: %s', async (name, change) => {
    await expect(search(killedAfter(3))).rejects.toThrow(Killed);
    const before = await readFile(path, 'utf8');
    const refusal = search(measure, { ...IDENTITY, ...change });
    await expect(refusal).rejects.toThrow(SearchStateError);
    await expect(refusal).rejects.toThrow(`differs in: ${name}.`);
    expect(await readFile(path, 'utf8')).toBe(before);
  });

  it.each(['', '{ "schema_version": 1 }', '[]'])(
    'is not started over a file that holds "%s"',
    async (text) => {
      await saveSearch(path, { schema_version: 1, identity: IDENTITY, trials: [] });
      await writeFile(path, text);
      await expect(search()).rejects.toThrow(SearchStateError);
      expect(await readFile(path, 'utf8')).toBe(text);
    },
  );

  it('reports its result and how to use it', async () => {
    const report = reportSearch(await search(), 'best.json');
    expect(report.parameters).toEqual(IDENTITY.candidates[8]);
    expect(report.text).toContain('candidate 8');
    expect(report.text).toContain('better in the mean and on 2 of the 2 newer windows');
    expect(report.text).toContain('npm run train -- --params best.json');
    expect(report.json).toMatchObject({ candidates: 9, held_out: { windows_won: 2 } });
  });

  it('warns of a best candidate that the windows held out do not confirm', async () => {
    const turned: MeasureCandidate = async (candidate, window) =>
      IDENTITY.holdout.includes(window) ? { rmsle: candidate, wape: 1 } : measure(candidate, window);
    const { text } = reportSearch(await search(turned), 'best.json');
    expect(text).toContain('not confirmed: better on 0 of the 2 newer windows');
    expect(text).toContain('Keep the current parameters');
  });

  it('keeps the current parameters if nothing is better', async () => {
    const { parameters, text } = reportSearch(
      await search(async (candidate) => ({ rmsle: candidate, wape: 1 })),
      'best.json',
    );
    expect(parameters).toBeNull();
    expect(text).toContain('Nothing is better');
  });
});

describe('the hash of a dataset', () => {
  it('changes with everything that rows are made of', () => {
    const hashOf = (edit?: Parameters<typeof smallDataset>[2]) => hashDataset(smallDataset(60, ['A'], edit));
    const plain = hashOf();
    expect(hashOf()).toBe(plain);
    expect(hashOf(({ milliUnits }) => milliUnits.fill(7, 31, 32))).not.toBe(plain);
    expect(hashOf(({ tickets }) => tickets.fill(7, 31, 32))).not.toBe(plain);
    const promoted = smallDataset(60, ['A']);
    promoted.panel.onpromotion[3] = 1;
    expect(hashDataset(promoted)).not.toBe(plain);
    expect(hashDataset({ ...smallDataset(60, ['A']), oil: [{ date: '2016-01-04', price: 40 }] })).not.toBe(
      plain,
    );
  });
});
