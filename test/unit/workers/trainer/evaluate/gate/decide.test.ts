import { describe, expect, it } from 'vitest';
import type { Decision } from '../../../../../../shared/artifacts/decision.ts';
import { toIsoDate } from '../../../../../../shared/calendar/day-number.ts';
import { type Dataset, lastDayOf } from '../../../../../../workers/trainer/data/dataset.ts';
import type { ChampionComparison } from '../../../../../../workers/trainer/evaluate/gate/champion-comparison.ts';
import { decide, type GateRequest } from '../../../../../../workers/trainer/evaluate/gate/decide.ts';
import { GATE_DEFAULTS } from '../../../../../../workers/trainer/evaluate/gate-rules/rules.ts';
import type { TrainedModel } from '../../../../../../workers/trainer/evaluate/train-model.ts';
import { SHAKEN_DAYS as DAYS, shakenDataset } from '../../../../../support/datasets/shaken-dataset.ts';
import { manifestOf, measuredBacktest } from '../../../../../support/trainer/measured-backtest.ts';
import { AT, sampleModel } from '../../../../../support/trainer/sample-trained-model.ts';

/** The champion's own backtest. */
const CHAMPION_ERRORS = [0.2, 0.2, 0.2, 0.2];
const AHEAD = { points: 64, implausible: 0, examples: [] };

type Comparable = Extract<ChampionComparison, { kind: 'comparable' }>;

/** A champion trained when that many days were known. */
async function championAfter(days: number): Promise<Comparable> {
  const dataset = shakenDataset(days);
  const run = await measuredBacktest(dataset, CHAMPION_ERRORS);
  const comparedChampion = {
    manifest: manifestOf(run, dataset),
    packed: new Uint8Array(),
    movedDays: 0,
    lastDay: lastDayOf(dataset.panel),
    firstOrigin: run.results[0]?.origin ?? null,
    tiedLoss: 0,
  };
  return { kind: 'comparable', version: 'champion', renamed: null, comparedChampion };
}

interface Challenge extends Partial<Omit<GateRequest, 'challenger'>> {
  /** The final model's error on the last window, as a share of the backtest's. */
  readonly seenShare?: number;
  readonly ahead?: TrainedModel['ahead'];
}

/** Decides on a challenger with that error on the windows of its backtest, aligned with the champion's. */
async function challenge(
  comparison: ChampionComparison,
  errors: readonly number[],
  { seenShare = 0.5, ahead = AHEAD, ...request }: Challenge = {},
): Promise<Decision> {
  const dataset: Dataset = request.dataset ?? shakenDataset(DAYS);
  const alignTo =
    comparison.kind === 'comparable' ? (comparison.comparedChampion.firstOrigin ?? undefined) : undefined;
  const run = await measuredBacktest(dataset, errors, alignTo);
  const { ubj, packed, description } = sampleModel('challenger');
  const challenger: TrainedModel = {
    ...{ ubj, packed, run, ahead, curve: [], backtest: run.summary },
    description: { ...description, training: manifestOf(run, dataset).training },
    seenRmsle: seenShare * (errors.at(-1) ?? 0),
  };
  return decide({
    ...{ dataset, challenger, version: 'challenger', comparison, hold: null, rules: GATE_DEFAULTS },
    ...{ isForced: false, now: AT, onProgress: () => undefined, ...request },
  });
}

const failed = ({ evidence }: Decision) =>
  evidence?.checks.filter(({ outcome }) => outcome === 'failed').map(({ name }) => name);
const sourcesOf = ({ evidence }: Decision) => evidence?.windows.map(({ source }) => source);

describe('a challenger on the day after the champion', () => {
  it('goes into service with the same recipe and error, because it was trained on newer days', async () => {
    const comparison = await championAfter(DAYS - 1);
    const decision = await challenge(comparison, [0.2, 0.2, 0.2, 0.2]);
    expect(decision).toMatchObject({ action: 'promote', by: 'gate', champion: 'champion' });
    expect(sourcesOf(decision)).toEqual(['recorded', 'recorded', 'recorded', 'refitted']);
    expect(decision.reasons.at(-1)).toContain('1 of 4 windows newly measured');
  });

  it('is refused with a larger error, and the evidence shows the windows', async () => {
    const decision = await challenge(await championAfter(DAYS - 1), [0.4, 0.4, 0.4, 0.4]);
    expect(decision).toMatchObject({ action: 'refuse', by: 'gate', champion: 'champion' });
    expect(failed(decision)).toEqual(['mean', 'windows', 'worst-window']);
    const [first] = decision.evidence?.windows ?? [];
    expect(first?.challenger).toBeCloseTo(0.4, 9);
    expect(first?.champion).toBeCloseTo(0.2, 9);
  });

  it('is refused if the newest days are unlike all before them, however the champion does there', async () => {
    const decision = await challenge(await championAfter(DAYS - 1), [0.2, 0.2, 0.2, 0.6]);
    expect(failed(decision)).toEqual(['newer-days']);
    expect(decision.reasons.join()).toContain('the newest days are unlike those before');
  });

  it('is refused if the final model is worse than its backtest, or its forecasts are implausible', async () => {
    const comparison = await championAfter(DAYS - 1);
    const better = [0.15, 0.15, 0.15, 0.15];
    expect((await challenge(comparison, better)).action).toBe('promote');
    expect(failed(await challenge(comparison, better, { seenShare: 1.3 }))).toEqual(['final-model']);
    const ahead = { points: 64, implausible: 1, examples: ['1/A on 2017-01-01: 900 units'] };
    expect(failed(await challenge(comparison, better, { ahead }))).toEqual(['plausible']);
  });

  it('goes into service nevertheless if forced, which is recorded', async () => {
    const comparison = await championAfter(DAYS - 1);
    const worse = await challenge(comparison, [0.4, 0.4, 0.4, 0.4], { isForced: true });
    expect(worse).toMatchObject({ action: 'promote', by: 'forced' });
    expect(worse.reasons[0]).toBe('forced: the gate would have refused it');
    expect(failed(worse)).toContain('mean');
    const better = await challenge(comparison, [0.1, 0.1, 0.1, 0.1], { isForced: true });
    expect(better).toMatchObject({ action: 'promote', by: 'gate' });
  });

  it('is refused during a hold, however good it is, unless forced', async () => {
    const comparison = await championAfter(DAYS - 1);
    const hold = { since: '2016-12-30T08:00:00.000Z', reason: 'promotions are wrong' };
    const held = await challenge(comparison, [0.1, 0.1, 0.1, 0.1], { hold });
    expect(held).toMatchObject({ action: 'refuse', by: 'gate', champion: 'champion' });
    expect(failed(held)).toEqual(['hold']);
    const forced = await challenge(comparison, [0.1, 0.1, 0.1, 0.1], { hold, isForced: true });
    expect(forced).toMatchObject({ action: 'promote', by: 'forced' });
  });

  it('adds its loss in a tie to that of earlier ties', async () => {
    const { comparedChampion, ...comparison } = await championAfter(DAYS - 1);
    const tied = [0.2004, 0.2004, 0.2004, 0.2004];
    const first = await challenge({ ...comparison, comparedChampion }, tied);
    expect(first).toMatchObject({ action: 'promote', evidence: { tied_loss: expect.closeTo(0.0015, 5) } });
    const after = await challenge(
      { ...comparison, comparedChampion: { ...comparedChampion, tiedLoss: 0.004 } },
      tied,
    );
    expect(failed(after)).toEqual(['mean']);
  });
});

describe('a challenger on the same day as the champion', () => {
  it('is refused if it is not better', async () => {
    const decision = await challenge(await championAfter(DAYS), [0.2, 0.2, 0.2, 0.2]);
    expect(sourcesOf(decision)).toEqual(Array(4).fill('recorded'));
    expect(failed(decision)).toEqual(['newer-days']);
    expect(decision.reasons.join()).toContain('knows no newer days');
  });

  it('goes into service if it is clearly better', async () => {
    const decision = await challenge(await championAfter(DAYS), [0.18, 0.18, 0.18, 0.18]);
    expect(decision.action).toBe('promote');
  });
});

describe('a challenger without a champion to compare with', () => {
  const NONE: ChampionComparison = { kind: 'none' };
  const UNSERVED: ChampionComparison = {
    ...{ kind: 'incomparable', version: 'champion', reason: 'model.packed is missing' },
    ...{ isOfOtherDataset: false, canServe: false },
  };

  it('goes into service if it beats every baseline', async () => {
    const decision = await challenge(NONE, [0.2, 0.2, 0.2, 0.2]);
    expect(decision).toMatchObject({ action: 'promote', champion: null });
    expect(sourcesOf(decision)).toEqual([]);
    expect(Object.keys(decision.evidence?.means ?? {})).toEqual([
      'model',
      'seasonal_naive',
      'same_weekday_mean_4',
      'naive_364',
    ]);
  });

  it('is refused if it is far worse than the baselines', async () => {
    const decision = await challenge(NONE, [2, 2, 2, 2]);
    expect(decision).toMatchObject({ action: 'refuse', champion: null });
    expect(failed(decision)).toEqual(['baselines']);
  });

  it('may be slightly worse than the best baseline only if nothing else can be served', async () => {
    const { evidence } = await challenge(NONE, [0.2, 0.2, 0.2, 0.2]);
    const { model: _, ...baselines } = evidence?.means ?? {};
    const errors = Array(4).fill(1.1 * Math.min(...Object.values(baselines)));
    for (const comparison of [NONE, UNSERVED]) {
      const decision = await challenge(comparison, errors);
      expect(decision.action).toBe('promote');
      expect(decision.evidence?.checks[0]).toMatchObject({ name: 'baselines', outcome: 'warned' });
    }
    const served = await challenge({ ...UNSERVED, canServe: true }, errors);
    expect(served.action).toBe('refuse');
    expect(served.reasons[0]).toBe('the champion cannot be compared: model.packed is missing');
  });
});

describe('the decision', () => {
  it("says why a dataset of another name is the champion's", async () => {
    const renamed = '"export-2016-12-31" is the dataset of champion champion ("small")';
    const decision = await challenge({ ...(await championAfter(DAYS - 1)), renamed }, [0.1, 0.1, 0.1, 0.1]);
    expect(decision.reasons[0]).toBe(renamed);
  });

  it('records the dataset, its last day and by how many days it was moved', async () => {
    const dataset = { ...shakenDataset(DAYS), name: 'moved', shiftDays: 364 };
    const { evidence } = await challenge({ kind: 'none' }, [0.2, 0.2, 0.2, 0.2], { dataset });
    const lastDay = toIsoDate(lastDayOf(dataset.panel));
    expect(evidence).toMatchObject({ dataset: 'moved', last_day: lastDay, shift_days: 364 });
  });

  it('is based on as few windows as a short history has', async () => {
    const days = 56 + 2 * 16;
    const dataset = shakenDataset(days);
    const run = await measuredBacktest(dataset, [0.2, 0.2]);
    const comparedChampion = {
      ...(await championAfter(DAYS)).comparedChampion,
      manifest: manifestOf(run, dataset),
      lastDay: lastDayOf(dataset.panel) - 1,
      firstOrigin: run.results[0]?.origin ?? null,
    };
    const comparison: ChampionComparison = {
      kind: 'comparable',
      version: 'champion',
      renamed: null,
      comparedChampion,
    };
    const decision = await challenge(comparison, [0.1, 0.1], { dataset });
    expect(decision.action).toBe('promote');
    expect(decision.reasons.join()).toContain('the history has room for no more windows');
  });
});
