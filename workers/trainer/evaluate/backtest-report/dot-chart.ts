import { last } from '../../../../shared/at.ts';
import { escapeHtml, point, ticksUpTo } from './markup.ts';

export interface DotChart {
  /** Description of the chart for screen readers. */
  readonly label: string;
  readonly rows: readonly {
    readonly name: string;
    readonly dots: readonly { readonly name: string; readonly colour: string; readonly value: number }[];
  }[];
  readonly format: (value: number) => string;
}

const WIDTH = 720;
const LEFT = 200;
const RIGHT = 24;
const ROW = 22;
const TOP = 8;
const BOTTOM = 28;
/** Characters of a name that fit before the axis. */
const NAME_LENGTH = 27;

/** A row for each name, a dot for each contender, from zero to the right. */
export function dotChart({ label, rows, format }: DotChart): string {
  const values = rows.flatMap(({ dots }) => dots.map(({ value }) => value)).filter(Number.isFinite);
  const ticks = ticksUpTo(Math.max(0, ...values));
  const top = last(ticks);
  const height = TOP + rows.length * ROW + BOTTOM;
  const xOf = (value: number) => LEFT + (value / top) * (WIDTH - LEFT - RIGHT);
  const grid = ticks.map(
    (tick) =>
      `<line class="grid" x1="${point(xOf(tick))}" x2="${point(xOf(tick))}" y1="${TOP}" y2="${height - BOTTOM}"/>` +
      `<text x="${point(xOf(tick))}" y="${height - 8}" text-anchor="middle">${escapeHtml(format(tick))}</text>`,
  );
  const lines = rows.map(({ name, dots }, i) => {
    const y = point(TOP + (i + 0.5) * ROW);
    const known = dots.filter(({ value }) => Number.isFinite(value));
    const reach = known.map(({ value }) => xOf(value));
    const span =
      reach.length > 1
        ? `<line class="span" x1="${point(Math.min(...reach))}" x2="${point(Math.max(...reach))}" y1="${y}" y2="${y}"/>`
        : '';
    const circles = known.map(
      (dot) =>
        `<circle cx="${point(xOf(dot.value))}" cy="${y}" r="4.5" fill="${dot.colour}"><title>${escapeHtml(
          `${name}, ${dot.name}: ${format(dot.value)}`,
        )}</title></circle>`,
    );
    const short = name.length > NAME_LENGTH ? `${name.slice(0, NAME_LENGTH - 1)}…` : name;
    return (
      `<text x="${LEFT - 10}" y="${y}" text-anchor="end" dominant-baseline="middle">${escapeHtml(short)}</text>` +
      `${span}${circles.reverse().join('')}`
    );
  });
  return (
    `<svg viewBox="0 0 ${WIDTH} ${height}" role="img" aria-label="${escapeHtml(label)}">` +
    `${grid.join('')}${lines.join('')}</svg>`
  );
}
