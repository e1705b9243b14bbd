import { describe, expect, it } from 'vitest';
import type { Decision } from '../../../../../shared/artifacts/decision.ts';
import { objectKeys } from '../../../../../shared/artifacts/object-keys.ts';
import type { Note } from '../../../../../workers/trainer/data/notes.ts';
import { readInService } from '../../../../../workers/trainer/publish/change-champion.ts';
import type { PublishReport } from '../../../../../workers/trainer/publish/publish-training.ts';
import { failureSummary, trainingSummary } from '../../../../../workers/trainer/report/training-summary.ts';
import {
  inServiceText,
  nothingServedText,
  type TrainingRun,
} from '../../../../../workers/trainer/report/training-text.ts';
import { sampleDecision } from '../../../../support/trainer/sample-trained-model.ts';
import { sampleTraining } from '../../../../support/trainer/sample-training.ts';

const DATASET = { written: 3, unchanged: 5, removed: 0 };
const FORECASTS = { key: 'forecasts/2026-11-22/new.csv.gz', series: 2, bytes: 1500 };

function pageOf(
  decision: Partial<Decision>,
  published: Partial<PublishReport>,
  notes: readonly Note[] = [],
  facts: Partial<TrainingRun> = {},
) {
  const run = {
    ...sampleTraining('new', decision),
    isServing: true,
    liveFrom: '2026-11-23',
    checks: { checks: [], allowed: [] },
    published: { dataset: DATASET, forecasts: FORECASTS, ...published },
    pruned: { versions: [], forecasts: 0 },
    ...facts,
  } as unknown as TrainingRun;
  return trainingSummary(run, notes, 'r2://bucket', 60);
}

describe('the message when nothing can be served', () => {
  it.each([
    [true, 'old', null],
    [false, null, 'out has no model in service: the first one was refused.'],
    [false, 'old', 'out has no model in service that can be served: old cannot, and new was refused.'],
  ])('depends on whether something is served (%s) and on the champion (%s)', (isServing, champion, text) => {
    const decision = sampleDecision('new', { action: 'refuse', champion });
    expect(nothingServedText({ decision, isServing }, 'out')).toBe(text);
  });
});

describe('the summary of a nightly run', () => {
  it.each([
    [
      'the dataset is that of another champion',
      {},
      { dataset: null, forecasts: null },
      'the dataset was left unchanged',
    ],
    ['nothing is in service', { action: 'refuse' }, { forecasts: null }, 'no model is in service'],
    [
      'the champion that stays is damaged',
      { action: 'refuse', champion: 'old' },
      { forecasts: null },
      'the model in service cannot make them',
    ],
  ] as const)('says that there are no batch forecasts if %s', (_, decision, published, why) => {
    expect(pageOf(decision, published)).toContain(`- no batch forecasts of this night: ${why}\n`);
    expect(pageOf(decision, {})).not.toContain('no batch forecasts');
  });

  it('says that the remaining champion cannot be served', () => {
    const refused = { action: 'refuse', champion: 'old' } as const;
    const page = (isServing: boolean) => pageOf(refused, {}, [], { isServing });
    expect(page(true)).toMatch(/^## Refused: new is stored, old stays in service\n/);
    expect(page(false)).toMatch(
      /^## Refused: new is stored, old stays in service although it cannot be served\n/,
    );
  });

  it('shows every note as text, warnings marked as such', () => {
    const notes: readonly Note[] = [
      { text: 'MLflow: not sent yet (<html>503</html>).', severity: 'warning' },
      { text: 'MLflow: sent a to b.', severity: 'info' },
    ];
    const section =
      '### Notes\n\n- **warning** MLflow: not sent yet (&lt;html\\>503&lt;/html\\>).\n- MLflow: sent a to b.\n\n';
    expect(pageOf({}, {}, notes)).toContain(section);
    expect(failureSummary(new Error('no'), 'a stays in service', notes)).toContain(section);
    expect(pageOf({}, {})).not.toContain('### Notes');
  });
});

const STARTED_AT = new Date('2026-11-23T03:00:00Z');

function storeOf(pointer: string | null | Error) {
  return {
    get: async (key: string) => {
      if (pointer instanceof Error) throw pointer;
      if (key !== objectKeys.current || pointer === null) return null;
      return { etag: 'a', text: async () => pointer, bytes: async () => new TextEncoder().encode(pointer) };
    },
  };
}
const championAt = (promoted_at: string) => {
  const entry = { id: 'p', sha256: 'f', model: 'a', feature_hash: 'f', since: promoted_at, promoted_at };
  return JSON.stringify({ schema_version: 1, current: entry, previous: [] });
};

describe('the summary of a failed run', () => {
  it.each([
    [
      'a model that stayed',
      championAt('2026-11-22T03:00:00.000Z'),
      'a stays in service, as it has been since 2026-11-22T03',
    ],
    [
      'a model of this very run',
      championAt('2026-11-23T03:00:00.000Z'),
      'a is in service: it was promoted during this run',
    ],
    ['no model', null, 'Nothing is in service.'],
    ['a pointer that is damaged', '{', 'What is in service is unknown: publications/current.json is not'],
    [
      'a store that cannot be read',
      new Error('connection reset'),
      'What is in service is unknown: connection reset',
    ],
  ])('reports %s', async (_, pointer, text) => {
    const inService = inServiceText(await readInService(storeOf(pointer)), STARTED_AT);
    expect(inService).toContain(text);
    const page = failureSummary(new RangeError('no <space> left'), inService);
    expect(page).toContain('## The training run failed\n\nRangeError: no &lt;space\\> left\n\n');
    expect(page).toContain(text);
  });
});
