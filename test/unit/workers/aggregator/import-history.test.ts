import { expect, it } from 'vitest';
import { checkHistoryChunk } from '../../../../shared/sales-store/history-import.ts';
import type { HistoryChunk } from '../../../../shared/schemas/history-chunk.ts';
import { cutHistory } from '../../../../workers/aggregator/import-history.ts';

const chunk: HistoryChunk = {
  store_nbr: '1',
  first_date: '2026-11-20',
  last_date: '2026-11-23',
  tickets: [10, 20, -1, 40],
  series: [{ family: 'DAIRY', milli_units: [1, 2, 3, 4], onpromotion: [0, 1, 0, 2] }],
};

it('a history that was published after its store was opened is cut to the days before the first live one', () => {
  expect(cutHistory(chunk, '2026-11-24')).toBe(chunk);
  const cut = cutHistory(chunk, '2026-11-22');
  expect(cut).toEqual({
    store_nbr: '1',
    first_date: '2026-11-20',
    last_date: '2026-11-21',
    tickets: [10, 20],
    series: [{ family: 'DAIRY', milli_units: [1, 2], onpromotion: [0, 1] }],
  });
  expect(() => checkHistoryChunk(cut, '2026-11-21')).not.toThrow();
  expect(cutHistory({ ...chunk, tickets: null }, '2026-11-22').tickets).toBeNull();
});

it.each([{}, { ...chunk, last_date: 'soon' }, { ...chunk, series: null }, { ...chunk, series: [null] }])(
  'what is no history is left for the store to refuse: %j',
  (value) => {
    const cut = cutHistory(value as unknown as HistoryChunk, '2026-11-22');
    expect(() => checkHistoryChunk(cut, '2026-11-21')).toThrow(/publish the dataset again/);
  },
);
