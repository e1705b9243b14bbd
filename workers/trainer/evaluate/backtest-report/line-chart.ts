import { last } from '../../../../shared/at.ts';
import { escapeHtml, point, ticksUpTo } from './markup.ts';

export interface LineChart {
  /** Description of the chart for screen readers. */
  readonly label: string;
  readonly x: readonly string[];
  readonly lines: readonly {
    readonly name: string;
    readonly colour: string;
    readonly values: readonly number[];
  }[];
  readonly format: (value: number) => string;
  /** A band that values should lie in. */
  readonly band?: readonly [from: number, to: number];
}

const WIDTH = 720;
const HEIGHT = 260;
const LEFT = 56;
const RIGHT = 12;
const TOP = 12;
const BOTTOM = 34;
/** Width of a character below the axis, and the space between two labels. */
const CHARACTER = 7;
const GAP = 12;

/** Lines with a dot for every value, from zero up. Values that are not finite leave a gap. */
export function lineChart({ label, x, lines, format, band }: LineChart): string {
  const values = lines.flatMap((line) => line.values).filter(Number.isFinite);
  const ticks = ticksUpTo(Math.max(0, ...values, ...(band ?? [])));
  const top = last(ticks);
  const step = (WIDTH - LEFT - RIGHT) / Math.max(1, x.length - 1);
  const xOf = (i: number) => (x.length === 1 ? (LEFT + WIDTH - RIGHT) / 2 : LEFT + i * step);
  const yOf = (value: number) => TOP + (1 - value / top) * (HEIGHT - TOP - BOTTOM);

  const grid = ticks.map((tick) => {
    const y = point(yOf(tick));
    return (
      `<line class="grid" x1="${LEFT}" x2="${WIDTH - RIGHT}" y1="${y}" y2="${y}"/>` +
      `<text x="${LEFT - 8}" y="${y}" text-anchor="end" dominant-baseline="middle">${escapeHtml(format(tick))}</text>`
    );
  });
  const widest = Math.max(...x.map((text) => text.length)) * CHARACTER + GAP;
  const every = Math.max(1, Math.ceil(widest / step));
  const labels = x.map((text, i) =>
    i % every === 0
      ? `<text x="${point(xOf(i))}" y="${HEIGHT - 12}" text-anchor="${anchorOf(i, x.length)}">${escapeHtml(text)}</text>`
      : '',
  );
  const bandShape = band
    ? `<rect class="band" x="${LEFT}" width="${WIDTH - LEFT - RIGHT}" y="${point(yOf(band[1]))}" height="${point(yOf(band[0]) - yOf(band[1]))}"/>`
    : '';
  const paths = lines.map(({ name, colour, values: line }) => {
    const dots = line.map((value, i) =>
      Number.isFinite(value)
        ? `<circle cx="${point(xOf(i))}" cy="${point(yOf(value))}" r="3.5" fill="${colour}"><title>${escapeHtml(
            `${name}, ${x[i]}: ${format(value)}`,
          )}</title></circle>`
        : '',
    );
    return `<path d="${pathOf(line, xOf, yOf)}" fill="none" stroke="${colour}" stroke-width="2"/>${dots.join('')}`;
  });
  return (
    `<svg viewBox="0 0 ${WIDTH} ${HEIGHT}" role="img" aria-label="${escapeHtml(label)}">` +
    `${bandShape}${grid.join('')}${labels.join('')}${paths.reverse().join('')}</svg>`
  );
}

function anchorOf(i: number, count: number): string {
  if (count === 1) return 'middle';
  if (i === 0) return 'start';
  return i === count - 1 ? 'end' : 'middle';
}

function pathOf(line: readonly number[], xOf: (i: number) => number, yOf: (value: number) => number): string {
  let isDrawing = false;
  return line
    .map((value, i) => {
      if (!Number.isFinite(value)) {
        isDrawing = false;
        return '';
      }
      const command = isDrawing ? 'L' : 'M';
      isDrawing = true;
      return `${command}${point(xOf(i))} ${point(yOf(value))}`;
    })
    .join('');
}
