import { describe, expect, it } from 'vitest';
import { type FreshnessReading, readFreshness } from '../../../../dashboard/src/header/freshness.ts';

const MINUTE = 60_000;

describe('freshness', () => {
  const now = Date.parse('2026-11-22T19:37:00Z');
  const state = (change: Partial<FreshnessReading>) =>
    readFreshness({ asOf: now - 2 * MINUTE, started: true, lag: 0, unmovedFor: MINUTE, now, ...change });

  it('is live while sales are counted as they arrive, one waiting entry included', () => {
    expect(state({}).state).toBe('live');
    expect(state({ lag: 5 * MINUTE }).state).toBe('live');
  });

  it('is catching up while a backlog shrinks, however old the sales', () => {
    expect(state({ lag: 3 * 60 * MINUTE, asOf: now - 3 * 60 * MINUTE })).toEqual({
      state: 'catching-up',
      label: 'Catching up',
      detail: 'The oldest sale to count has waited 3 h',
    });
  });

  it('is stale if sales are old and no newer ones wait', () => {
    expect(state({ asOf: now - 40 * MINUTE })).toMatchObject({
      state: 'stale',
      detail: 'Newest sales are 40 min old',
    });
  });

  it('is stale if a backlog does not shrink', () => {
    expect(state({ lag: 60 * MINUTE, unmovedFor: 16 * MINUTE }).state).toBe('stale');
  });

  it('is live on a clock that runs ahead, until it stops', () => {
    const ahead = now + 5 * 60 * MINUTE;
    expect(state({ asOf: ahead }).state).toBe('live');
    expect(state({ asOf: ahead, unmovedFor: 20 * MINUTE }).state).toBe('stale');
  });

  it('is waiting before the first sale', () => {
    expect(state({ started: false, asOf: 0 }).state).toBe('waiting');
  });
});
