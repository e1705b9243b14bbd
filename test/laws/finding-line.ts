import { quantileOf } from './change.ts';
import { type Finding, holds } from './finding.ts';

/** One line of the table: law, figure, value, limit, verdict. */
export function findingLine(finding: Finding): string {
  const { law, figure, value, limit } = finding;
  const cells = [law.padEnd(44), figure.padEnd(40), percent(value), `<= ${percent(limit)}`];
  return `${cells.join('  ')}  ${holds(finding) ? 'ok' : 'BROKEN'}`;
}

/** The worst value of each figure over several datasets, and in how many of them it is beyond its limit. */
export function summaryLines(findings: readonly Finding[]): string[] {
  const byFigure = Map.groupBy(findings, ({ law, figure }) => `${law}: ${figure}`);
  return [...byFigure].map(([name, found]) => {
    const values = found.map(({ value }) => value);
    const broken = found.filter((finding) => !holds(finding)).length;
    const cells = [
      name.padEnd(86),
      `median ${percent(quantileOf(values, 0.5))}`,
      `worst ${percent(Math.max(...values))}`,
      `broken ${broken} of ${found.length}`,
    ];
    return cells.join('  ');
  });
}

function percent(share: number): string {
  return `${(100 * share).toFixed(2)} %`.padStart(10);
}
