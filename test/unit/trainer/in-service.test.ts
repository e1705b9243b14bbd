import { describe, expect, it } from 'vitest';
import { objectKeys } from '../../../shared/artifacts/object-keys.ts';
import { readInService } from '../../../workers/trainer/publish/change-champion.ts';
import { failureSummary } from '../../../workers/trainer/report/training-summary.ts';
import { inServiceText } from '../../../workers/trainer/report/training-text.ts';

const STARTED_AT = new Date('2026-11-23T03:00:00Z');

function storeOf(pointer: string | null | Error) {
  return {
    get: async (key: string) => {
      if (pointer instanceof Error) throw pointer;
      if (key !== objectKeys.champion || pointer === null) return null;
      return { etag: 'a', text: async () => pointer, bytes: async () => new TextEncoder().encode(pointer) };
    },
  };
}
const championAt = (promoted_at: string) => JSON.stringify({ version: 'a', promoted_at, previous: [] });

describe('the page of a run that failed', () => {
  it.each([
    [
      'a model that stayed',
      championAt('2026-11-22T03:00:00.000Z'),
      'a stays in service, as it has been since 2026-11-22T03',
    ],
    [
      'a model of this very run',
      championAt('2026-11-23T03:00:00.000Z'),
      'a is in service: it went there during this run',
    ],
    ['no model', null, 'Nothing is in service.'],
    ['a pointer that is damaged', '{', 'What is in service is not known: models/champion.json is not'],
    [
      'a store that cannot be read',
      new Error('connection reset'),
      'What is in service is not known: connection reset',
    ],
  ])('tells %s as it is', async (_, pointer, text) => {
    const inService = inServiceText(await readInService(storeOf(pointer)), STARTED_AT);
    expect(inService).toContain(text);
    const page = failureSummary(new RangeError('no <space> left'), inService);
    expect(page).toContain('## The training run failed\n\nRangeError: no &lt;space\\> left\n\n');
    expect(page).toContain(text);
  });
});
