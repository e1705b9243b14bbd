import { MODEL } from '../../../../shared/schemas/contender-names.ts';
import type { Segment } from '../breakdown.ts';
import { decimal, percent, scoreText, units } from './format.ts';
import { escapeHtml } from './markup.ts';

/** The figures of a chart as a collapsed table: every contender's RMSLE and WAPE, and the model's other scores. */
export function segmentTable(
  title: string,
  segments: readonly Segment[],
  contenders: readonly string[],
): string {
  const head = [
    title,
    ...contenders.map((name) => `${name} RMSLE / WAPE`),
    'MASE',
    'bias',
    'pinball',
    'covers',
    'width',
    'sums: covers',
    'width / sales',
    'points',
  ];
  const rows = segments.map((segment) => {
    const model = segment.scores[MODEL];
    const { interval, cumulative } = segment;
    return [
      segment.name,
      ...contenders.map((name) => scoreText(segment.scores[name])),
      decimal(model?.mase ?? Number.NaN, 3),
      units(model?.bias ?? Number.NaN),
      units(interval?.pinball ?? Number.NaN),
      percent(interval?.coverage80 ?? Number.NaN),
      units(interval?.width80 ?? Number.NaN),
      percent(cumulative?.coverage80 ?? Number.NaN),
      percent(cumulative?.width80_share ?? Number.NaN),
      String(model?.count ?? 0),
    ];
  });
  return `<details><summary>Figures</summary><div class="scroll">${htmlTable(head, rows)}</div></details>`;
}

/** @param rows of plain text, the first cell of each its heading */
export function htmlTable(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const headings = head.map((text) => `<th scope="col">${escapeHtml(text)}</th>`).join('');
  const body = rows.map(([name = '', ...cells]) => {
    const values = cells.map((text) => `<td>${escapeHtml(text)}</td>`).join('');
    return `<tr><th scope="row">${escapeHtml(name)}</th>${values}</tr>`;
  });
  return `<table><thead><tr>${headings}</tr></thead><tbody>${body.join('')}</tbody></table>`;
}
