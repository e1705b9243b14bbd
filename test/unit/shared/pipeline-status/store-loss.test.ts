import { describe, expect, it } from 'vitest';
import { findLoss, mergeLosses } from '../../../../shared/pipeline-status/store-loss.ts';

const DAY = 86_400_000;

describe('a loss of counted sales', () => {
  it('is a watermark that lies before the one of the last run, or is not there any more', () => {
    expect(findLoss(['500-2'], ['500-2'], 900)).toBeNull();
    expect(findLoss(['500-2'], ['600-0'], 900)).toBeNull();
    expect(findLoss([null], [null], 900)).toBeNull();
    expect(findLoss(['500-2'], ['300-0'], 900)).toEqual({ noticedAt: 900, from: 300, to: 500 });
    expect(findLoss(['500-2'], ['500-1'], 900)).toEqual({ noticedAt: 900, from: 500, to: 500 });
    expect(findLoss(['500-2'], [null], 900)).toEqual({ noticedAt: 900, from: null, to: 500 });
  });

  it('is one over all partitions, and none where their number has changed', () => {
    const loss = findLoss(['500-0', '700-0', '600-0'], ['400-0', '700-0', '300-0'], 900);
    expect(loss).toEqual({ noticedAt: 900, from: 300, to: 600 });
    expect(findLoss(['500-0', '600-0'], ['400-0', null], 900)).toMatchObject({ from: null });
    expect(findLoss(['500-0'], [null, null], 900)).toBeNull();
  });

  it('is shown for a week, and no longer once a copy that has these sales is back', () => {
    const loss = { noticedAt: 1000, from: 300, to: 500 };
    expect(mergeLosses(loss, null, 1000 + 7 * DAY - 1)).toEqual(loss);
    expect(mergeLosses(loss, null, 1000 + 7 * DAY)).toBeNull();
    const restored = { noticedAt: 2000, from: 500, to: 800 };
    expect(mergeLosses(loss, restored, 2000)).toEqual(restored);
    const again = { noticedAt: 2000, from: 400, to: 450 };
    expect(mergeLosses(loss, again, 2000)).toEqual({ noticedAt: 2000, from: 300, to: 500 });
    expect(mergeLosses(loss, { ...again, from: null }, 2000)).toMatchObject({ from: null, to: 500 });
  });
});
