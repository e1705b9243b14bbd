import Table from 'cli-table3';
import { HORIZON } from '../../../../shared/features/index.ts';
import { MODEL } from '../../../../shared/schemas/contender-names.ts';
import { type Breakdown, bestBaseline, type Segment } from '../breakdown.ts';
import type { IntervalScores, PointScores } from '../point-errors.ts';
import { decimal, fiveDecimalsOrNull, percent, units } from './format.ts';

/** Names in the first column are left-aligned, figures right-aligned. */
function alignments(columns: number): ('left' | 'right')[] {
  return Array.from({ length: columns }, (_, i) => (i === 0 ? 'left' : 'right'));
}

/** Every score of every contender, over all points; then the model's scores by family, horizon and volume. */
export function breakdownTables(breakdown: Breakdown): string {
  return [
    contenderTable(breakdown.all),
    segmentTable('family', breakdown.family),
    segmentTable('days ahead', breakdown.horizon),
    segmentTable('units a day', breakdown.volume),
  ].join('\n');
}

function contenderTable({ scores }: Segment): string {
  const head = ['all points', 'RMSLE', 'WAPE', 'MASE', 'bias', 'mean / sold', `WAPE of ${HORIZON}-day sums`];
  const table = new Table({ head, colAligns: alignments(head.length), style: { head: [], border: [] } });
  for (const [name, { rmsle, wape, mase, bias, mean_ratio, sum_wape }] of Object.entries(scores)) {
    table.push([
      name,
      decimal(rmsle, 4),
      percent(wape),
      decimal(mase, 3),
      units(bias),
      decimal(mean_ratio, 3),
      percent(sum_wape),
    ]);
  }
  return table.toString();
}

function segmentTable(title: string, segments: readonly Segment[]): string {
  const head = [
    title,
    'RMSLE',
    'best baseline',
    'WAPE',
    'MASE',
    'bias',
    'mean / sold',
    'WAPE of sums',
    'pinball',
    'covers',
    'width',
    'width / sales',
    'sums: covers',
    'width / sales',
    'points',
  ];
  const table = new Table({
    head,
    colAligns: alignments(head.length),
    style: { head: [], border: [], compact: true },
  });
  for (const { name, scores, interval, cumulative } of segments) {
    const model = scores[MODEL];
    if (!model) continue;
    const best = bestBaseline(scores);
    table.push([
      name,
      decimal(model.rmsle, 4),
      best === null ? '-' : `${decimal(scores[best]?.rmsle ?? Number.NaN, 4)} ${best}`,
      percent(model.wape),
      decimal(model.mase, 3),
      units(model.bias),
      decimal(model.mean_ratio, 3),
      percent(model.sum_wape),
      units(interval?.pinball ?? Number.NaN),
      percent(interval?.coverage80 ?? Number.NaN),
      units(interval?.width80 ?? Number.NaN),
      percent(interval?.width80_share ?? Number.NaN),
      percent(cumulative?.coverage80 ?? Number.NaN),
      percent(cumulative?.width80_share ?? Number.NaN),
      String(model.count),
    ]);
  }
  return table.toString();
}

/** The breakdown as JSON; NaN becomes null. */
export function breakdownJson({ all, ...by }: Breakdown): Record<string, unknown> {
  return {
    all: segmentJson(all),
    by: Object.fromEntries(
      Object.entries(by).map(([dimension, segments]) => [dimension, segments.map(segmentJson)]),
    ),
  };
}

function segmentJson({ name, scores, interval, cumulative }: Segment): Record<string, unknown> {
  return {
    name,
    scores: Object.fromEntries(
      Object.entries(scores).map(([contender, score]) => [contender, roundedAll(score)]),
    ),
    interval: interval && roundedAll(interval),
    cumulative: cumulative && roundedAll(cumulative),
  };
}

function roundedAll(scores: PointScores | IntervalScores): Record<string, number | null> {
  return Object.fromEntries(Object.entries(scores).map(([name, value]) => [name, fiveDecimalsOrNull(value)]));
}
