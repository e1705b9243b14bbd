import { beforeEach, describe, expect, it } from 'vitest';
import { readPointer } from '../../../../../../shared/artifacts/current-publication.ts';
import type { Decision } from '../../../../../../shared/artifacts/decision.ts';
import { objectKeys } from '../../../../../../shared/artifacts/object-keys.ts';
import type { ObjectStore } from '../../../../../../shared/artifacts/object-store.ts';
import { recordDecision } from '../../../../../../shared/artifacts/registry.ts';
import { type DayNumber, toDayNumber } from '../../../../../../shared/calendar/day-number.ts';
import { createCategories } from '../../../../../../shared/features/index.ts';
import { MODEL } from '../../../../../../shared/schemas/contender-names.ts';
import type { Manifest, Score } from '../../../../../../shared/schemas/manifest.ts';
import type { Dataset } from '../../../../../../workers/trainer/data/dataset.ts';
import { SYNTHETIC_NAME } from '../../../../../../workers/trainer/data/synthetic/generate-dataset.ts';
import { baselineContenders } from '../../../../../../workers/trainer/evaluate/contenders.ts';
import {
  type ChampionComparison,
  readComparison,
} from '../../../../../../workers/trainer/evaluate/gate/champion-comparison.ts';
import { scorePoint } from '../../../../../../workers/trainer/evaluate/metrics.ts';
import { runBacktest } from '../../../../../../workers/trainer/evaluate/run-backtest.ts';
import { openPanelSeries } from '../../../../../../workers/trainer/model/series/panel-series.ts';
import { promote } from '../../../../../../workers/trainer/publish/change-champion.ts';
import { storeModel } from '../../../../../../workers/trainer/publish/publish-model.ts';
import { sequence } from '../../../../../support/datasets/sample-history.ts';
import { smallDataset } from '../../../../../support/datasets/small-dataset.ts';
import { createDatedStore } from '../../../../../support/object-store/dated-store.ts';
import {
  AT,
  CONTRACT,
  sampleDecision,
  sampleManifest,
} from '../../../../../support/trainer/sample-trained-model.ts';

const EVIDENCE: NonNullable<Decision['evidence']> = {
  rules: {},
  checks: [],
  windows: [],
  means: {},
  tied_loss: 0.004,
  dataset: 'small',
  last_day: '2016-12-31',
  shift_days: 0,
};

let store: ObjectStore;

/** The champion was trained on `smallDataset(366, ['A', 'B'])`: two stores, two families, all of 2016. */
beforeEach(async () => {
  store = createDatedStore();
  await putIntoService();
});

async function putIntoService(training: Partial<Manifest['training']> = {}): Promise<void> {
  const { model, manifest } = sampleManifest('a');
  const origin = '2016-12-15';
  const { backtest } = manifest;
  const [window] = backtest.windows;
  if (!window) throw new Error('the sample has a window');
  const scores = await recordBaselines(smallDataset(366, ['A', 'B'], shake), toDayNumber(origin));
  await storeModel(store, model, {
    ...manifest,
    categories: { store_nbr: ['1', '2'], family: ['A', 'B'] },
    training: { ...manifest.training, series: 4, ...training },
    backtest: { ...backtest, windows: [{ ...window, origin, scores: { ...window.scores, ...scores } }] },
  });
  await promote(store, 'a', CONTRACT, AT);
}

/** Sales on which each baseline has a distinct error; the last series is unknown before the last window. */
function shake({ milliUnits }: { readonly milliUnits: Int32Array }): void {
  const random = sequence(5);
  for (let i = 0; i < milliUnits.length; i++) milliUnits[i] = 1000 + Math.floor(4000 * random());
  milliUnits.fill(-1, milliUnits.length - 366, milliUnits.length - 16);
}

/** What a backtest records of the baselines on the window after `origin`. */
async function recordBaselines(dataset: Dataset, origin: DayNumber): Promise<Record<string, Score>> {
  const series = openPanelSeries(dataset, createCategories(dataset.stores, dataset.families));
  const [first, ...others] = baselineContenders(series);
  if (!first) throw new Error('there are baselines');
  const contenders = [{ ...first, name: MODEL }, first, ...others];
  const [window] = await runBacktest(series, [origin], contenders, () => undefined);
  if (!window) throw new Error('the window has known days');
  const { actual, predicted } = window;
  return Object.fromEntries(
    contenders.map(({ name }) => [name, scorePoint(actual, predicted[name] ?? new Float64Array())]),
  );
}

async function comparison(dataset = smallDataset(400, ['A', 'B'])): Promise<ChampionComparison> {
  return readComparison(store, await readPointer(store), dataset, CONTRACT);
}

describe('the dataset of a champion', () => {
  it('is the same, whatever its folder is called, if it has half of the series on the same days', async () => {
    const renamed = { ...smallDataset(400, ['A', 'B']), name: 'export-2026-11-23' };
    expect(await comparison(renamed)).toMatchObject({
      kind: 'comparable',
      renamed:
        '"export-2026-11-23" is the dataset of champion a ("small"): 4 of its 4 series are in "export-2026-11-23"',
    });
    expect(await comparison(smallDataset(400, ['A', 'C', 'D']))).toMatchObject({
      kind: 'comparable',
      renamed: null,
    });
  });

  it('is another one without its series, whatever its folder is called', async () => {
    expect(await comparison(smallDataset(400, ['C', 'D']))).toMatchObject({
      kind: 'incomparable',
      isOfOtherDataset: true,
      reason: 'champion a is of another dataset ("small"): 0 of its 4 series are in "small"',
    });
    const oneOfFour = smallDataset(400, ['A', 'C']);
    const { panel } = oneOfFour;
    const isOne = ({ storeNbr, family }: { storeNbr: string; family: string }) =>
      storeNbr === '1' || family === 'C';
    const fewer = { ...oneOfFour, panel: { ...panel, series: panel.series.filter(isOne) } };
    expect(await comparison(fewer)).toMatchObject({ kind: 'incomparable', isOfOtherDataset: true });
  });

  it('is another one if one of the two is the synthetic dataset, which has the stores and families of public sales', async () => {
    const synthetic = { ...smallDataset(400, ['A', 'B']), name: SYNTHETIC_NAME };
    expect(await comparison(synthetic)).toMatchObject({
      kind: 'incomparable',
      isOfOtherDataset: true,
      reason: `champion a is of another dataset ("small"): 4 of its 4 series are in "${SYNTHETIC_NAME}", but one of the two is the synthetic dataset`,
    });
    await putIntoService({ dataset: SYNTHETIC_NAME });
    expect(await comparison()).toMatchObject({ kind: 'incomparable', isOfOtherDataset: true });
    expect(await comparison(synthetic)).toMatchObject({ kind: 'comparable', renamed: null });
  });

  it("is the same if half of the series of a smaller export are the champion's", async () => {
    const dataset = smallDataset(400, ['A']);
    const { panel } = dataset;
    const oneSeries = { ...dataset, panel: { ...panel, series: panel.series.slice(0, 1) } };
    expect(await comparison(oneSeries)).toMatchObject({ kind: 'comparable' });
  });

  it('is another one without any of its days', async () => {
    const dataset = smallDataset(400, ['A', 'B']);
    const later = { ...dataset, panel: { ...dataset.panel, firstDay: toDayNumber('2017-01-01') } };
    expect(await comparison(later)).toMatchObject({
      kind: 'incomparable',
      isOfOtherDataset: true,
      reason: expect.stringContaining('and none of its days 2016-01-01..2016-12-31'),
    });
  });

  it('is the same if the baselines have the same errors on a common window, as after a renumbering, with late series or not', async () => {
    const edit = (panel: { milliUnits: Int32Array }) => shake(panel);
    expect(await comparison(smallDataset(366, ['C', 'D'], edit))).toMatchObject({ kind: 'comparable' });
    const other = (panel: { milliUnits: Int32Array }) => {
      shake(panel);
      panel.milliUnits[360] = 90_000;
    };
    expect(await comparison(smallDataset(366, ['C', 'D'], other))).toMatchObject({ kind: 'incomparable' });
  });
});

describe('a champion that cannot be compared', () => {
  it('is no obstacle if it cannot be served', async () => {
    await store.delete(objectKeys.modelFile('a', 'model.packed'));
    expect(await comparison()).toMatchObject({ kind: 'incomparable', canServe: false });
  });

  it('stays in service if it was only trained on days ahead', async () => {
    expect(await comparison(smallDataset(300, ['A', 'B']))).toMatchObject({
      kind: 'incomparable',
      canServe: true,
      isOfOtherDataset: false,
    });
  });

  it('was trained on days ahead if dates have been moved by a year since', async () => {
    await recordDecision(store, sampleDecision('a', { evidence: EVIDENCE }));
    const dataset = smallDataset(400, ['A', 'B']);
    expect(await comparison(dataset)).toMatchObject({
      kind: 'comparable',
      comparedChampion: { movedDays: 0, lastDay: toDayNumber('2016-12-31') },
    });
    expect(await comparison({ ...dataset, shiftDays: 364 })).toMatchObject({
      kind: 'incomparable',
      canServe: true,
      reason: expect.stringMatching(/trained on days up to 2017-12-30, which lie ahead/),
    });
  });
});

describe('the champion in a comparison', () => {
  it('inherits the loss of the ties by which the gate promoted it', async () => {
    await recordDecision(store, sampleDecision('a', { evidence: EVIDENCE }));
    expect(await comparison()).toMatchObject({ kind: 'comparable', comparedChampion: { tiedLoss: 0.004 } });
  });

  it.for([
    ['was forced into service against the gate', { by: 'forced', evidence: EVIDENCE }],
    ['was refused by the gate and promoted by hand', { action: 'refuse', evidence: EVIDENCE }],
    ['was made before losses were recorded', { evidence: { ...EVIDENCE, tied_loss: undefined } }],
    ['was never judged by the gate', { by: 'manual' }],
  ] as const)('starts without a loss if it %s', async ([, fields]) => {
    await recordDecision(store, sampleDecision('a', fields as Partial<Decision>));
    expect(await comparison()).toMatchObject({ kind: 'comparable', comparedChampion: { tiedLoss: 0 } });
  });
});
