import { describe, expect, it } from 'vitest';
import { MODEL } from '../../../../shared/schemas/contender-names.ts';
import type { Comparison } from '../../../bench/peers/compare-peers.ts';
import { comparisonJson, comparisonNotes, comparisonTable } from '../../../bench/peers/comparison-report.ts';

const scores = (byWindow: readonly number[]) => ({
  ...{ rmsle: 0.12345, rmsle_median: 0.1, wape: 0.0875, wape_sums: 0.04, bias: 0.98765 },
  rmsle_by_window: byWindow,
});
const window = (origin: number, points: number) => ({
  origin,
  actual: new Float64Array(points),
  series: new Int32Array(points),
});
const COMPARISON: Comparison = {
  windows: [window(17_000, 30), window(17_016, 12)],
  seriesCount: 1782,
  scoredCount: 200,
  contenders: [
    { name: MODEL, scores: scores([0.1, 0.3]), cpuSeconds: 12.34, peakMb: 203.4, replaced: 0 },
    { name: 'ets', scores: scores([0.2, 0.2]), cpuSeconds: 9.44, peakMb: null, replaced: 3 },
  ],
};

describe('the report of the comparison', () => {
  it('is a Markdown table, its columns in line, ours first', () => {
    const lines = comparisonTable(COMPARISON).split('\n');
    expect(new Set(lines.map((line) => line.length)).size).toBe(1);
    const cells = lines.map((line) => line.split('|').map((cell) => cell.trim()));
    expect(cells[2]?.slice(1, -1)).toEqual([
      'ours',
      '0.1235',
      '0.1000',
      '8.8 %',
      '4.0 %',
      '0.988',
      '',
      '12.3',
      '203',
    ]);
    expect(cells[3]?.slice(1, -1)).toEqual([
      'ets',
      '0.1235',
      '0.1000',
      '8.8 %',
      '4.0 %',
      '0.988',
      '1 of 2',
      '9.4',
      '',
    ]);
  });

  it('says how many points, which sample, and where a peer failed', () => {
    const notes = comparisonNotes(COMPARISON, 7);
    expect(notes).toContain('42 points of a stratified sample of 200 of 1782 series (seed 7)');
    expect(notes).toContain('after 2016-07-18 to 2016-08-03');
    expect(notes).toContain('ets could not forecast 3 times a series');
    expect(notes).not.toContain('ours could not');
  });

  it('has all of it for programs', () => {
    const json = JSON.parse(JSON.stringify(comparisonJson(COMPARISON, 7)));
    expect(json.windows).toEqual([
      { origin: '2016-07-18', points: 30 },
      { origin: '2016-08-03', points: 12 },
    ]);
    expect(json.contenders.ets).toMatchObject({ rmsle: 0.12345, rmsle_by_window: [0.2, 0.2], replaced: 3 });
  });
});
