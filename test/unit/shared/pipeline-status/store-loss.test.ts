import { describe, expect, it } from 'vitest';
import { findLoss, mergeLosses } from '../../../../shared/pipeline-status/store-loss.ts';
import type { EntryId } from '../../../../shared/sales-store/entry-id.ts';

const DAY = 86_400_000;

const marks = (...watermarks: (EntryId | null)[]) =>
  watermarks.map((watermark) => ({ watermark, identity: 'a' }));

describe('a loss of counted sales', () => {
  it('is a watermark that lies before the one of the last run, or is not there any more', () => {
    expect(findLoss(marks('500-2'), marks('500-2'), 900)).toBeNull();
    expect(findLoss(marks('500-2'), marks('600-0'), 900)).toBeNull();
    expect(findLoss(marks(null), marks(null), 900)).toBeNull();
    expect(findLoss(marks('500-2'), marks('300-0'), 900)).toEqual({ noticedAt: 900, from: 300, to: 500 });
    expect(findLoss(marks('500-2'), marks('500-1'), 900)).toEqual({ noticedAt: 900, from: 500, to: 500 });
    expect(findLoss(marks('500-2'), marks(null), 900)).toEqual({ noticedAt: 900, from: null, to: 500 });
  });

  it('is one over all partitions, and none where their number has changed', () => {
    const loss = findLoss(marks('500-0', '700-0', '600-0'), marks('400-0', '700-0', '300-0'), 900);
    expect(loss).toEqual({ noticedAt: 900, from: 300, to: 600 });
    expect(findLoss(marks('500-0', '600-0'), marks('400-0', null), 900)).toMatchObject({ from: null });
    expect(findLoss(marks('500-0'), marks(null, null), 900)).toBeNull();
  });

  it('is everything where another store is in its place, however far it has counted', () => {
    const before = marks('500-2', '600-0');
    const found = [...marks('500-2'), { watermark: '900-0', identity: 'b' } as const];
    expect(findLoss(before, found, 900)).toEqual({ noticedAt: 900, from: null, to: 600 });
    const unknown = { watermark: '500-2', identity: null } as const;
    expect(findLoss([unknown], [{ watermark: '500-2', identity: 'b' }], 900)).toBeNull();
    expect(findLoss(marks('500-2'), [unknown], 900)).toMatchObject({ from: null });
  });

  it('is known by the watermarks alone in records of earlier versions', () => {
    expect(findLoss(['500-2', null], marks('500-2', '300-0'), 900)).toBeNull();
    expect(findLoss(['500-2'], marks('300-0'), 900)).toEqual({ noticedAt: 900, from: 300, to: 500 });
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
