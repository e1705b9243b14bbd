import { at } from '../../../../shared/at.ts';
import { toDayNumber, toIsoDate } from '../../../../shared/calendar/day-number.ts';
import { HORIZON } from '../../../../shared/features/index.ts';
import { MODEL } from '../../../../shared/schemas/contender-names.ts';
import type { BacktestSummary } from '../backtest-summary.ts';
import { type Breakdown, bestBaseline, type Segment } from '../breakdown.ts';
import type { IntervalScores } from '../point-errors.ts';
import { ALTERNATIVE_COLUMNS, alternativeCells } from './backtest-table.ts';
import { dotChart } from './dot-chart.ts';
import { decimal, percent, units } from './format.ts';
import { lineChart } from './line-chart.ts';
import { escapeHtml } from './markup.ts';
import { htmlTable, segmentTable } from './segment-table.ts';

/** Colours of the model and of its baselines, in their order; distinguishable with red-green colour blindness, too. */
export const COLOURS = [
  'var(--c0)',
  'var(--c1)',
  'var(--c2)',
  'var(--c3)',
  'var(--c4)',
  'var(--c5)',
] as const;

export const PAGE_STYLE = `
:root { color-scheme: light dark;
  --page: #fff; --text: #1b1f24; --quiet: #59636e; --line: #d9dee3; --band: #e3efe6; --card: #f6f8fa;
  --c0: #0b5fcc; --c1: #b35900; --c2: #8a63d2; --c3: #1a7f5a; --c4: #6b7480; --c5: #b5306c; }
@media (prefers-color-scheme: dark) { :root {
  --page: #0f1318; --text: #e6e9ec; --quiet: #9aa5b1; --line: #2d3640; --band: #1b3024; --card: #171d24;
  --c0: #6cb0ff; --c1: #f0a04b; --c2: #b79bf0; --c3: #52c99a; --c4: #8f99a5; --c5: #f07fb0; } }
* { box-sizing: border-box; }
body { margin: 0 auto; max-width: 860px; padding: 24px 20px 64px; background: var(--page); color: var(--text);
  font: 15px/1.5 system-ui, sans-serif; }
h1 { font-size: 24px; margin: 0 0 4px; } h2 { font-size: 18px; margin: 40px 0 4px; }
p { margin: 0 0 12px; } p.quiet { color: var(--quiet); }
.cards { display: grid; grid-template-columns: repeat(auto-fit, minmax(150px, 1fr)); gap: 12px; margin: 20px 0; }
.card { background: var(--card); border-radius: 8px; padding: 12px 14px; }
.card b { display: block; font-size: 22px; font-variant-numeric: tabular-nums; }
.card span { color: var(--quiet); font-size: 13px; }
svg { display: block; width: 100%; height: auto; } svg text { fill: var(--quiet); font-size: 12px; }
.grid { stroke: var(--line); } .span { stroke: var(--line); stroke-width: 3; } .band { fill: var(--band); }
.legend { display: flex; flex-wrap: wrap; gap: 4px 16px; margin: 4px 0 8px; padding: 0; list-style: none; font-size: 13px; }
.legend i { display: inline-block; width: 10px; height: 10px; border-radius: 5px; margin-right: 6px; }
.scroll { overflow-x: auto; }
table { border-collapse: collapse; font-size: 13px; font-variant-numeric: tabular-nums; margin: 8px 0; }
th, td { padding: 4px 10px; border-bottom: 1px solid var(--line); text-align: right; white-space: nowrap; }
th:first-child { text-align: left; } thead th { color: var(--quiet); font-weight: 600; }
summary { cursor: pointer; color: var(--quiet); font-size: 13px; }
`;

export interface BacktestPage {
  readonly title: string;
  readonly subtitle: string;
  readonly summary: BacktestSummary;
  readonly breakdown: Breakdown;
}

/** Range in which the coverage of an 80 % interval should lie. */
const COVERAGE_BAND = [0.78, 0.82] as const;

const COVERAGE_LINES = ['single days', 'days 1..h together'] as const;

/** The report of a backtest: one HTML file with its charts inside, without scripts, that needs no network. */
export function backtestPage({ title, subtitle, summary, breakdown }: BacktestPage): string {
  const { contenders } = summary;
  const windows = breakdown.window.map(({ name }) => toIsoDate(toDayNumber(name) + 1));
  const horizons = breakdown.horizon.map(({ name }) => name);
  const sections = [
    section(
      'Error by window',
      `RMSLE of the ${HORIZON} days from this date; lower is better. The model is refitted on the days before each window.`,
      legend(contenders) +
        rmsleLines('RMSLE by window', breakdown.window, windows, contenders) +
        segmentTable('origin', breakdown.window, contenders),
    ),
    section(
      'Error by days ahead',
      'RMSLE of forecasts by the number of days ahead.',
      legend(contenders) +
        rmsleLines('RMSLE by days ahead', breakdown.horizon, horizons, contenders) +
        segmentTable('days ahead', breakdown.horizon, contenders),
    ),
    section(
      'Error by volume',
      'Series by mean units a day before the window.',
      legend(contenders) +
        rmsleDots('RMSLE by units a day', breakdown.volume, contenders) +
        segmentTable('units a day', breakdown.volume, contenders),
    ),
    section(
      'Error by family',
      'The model and the best baseline of each family.',
      familyDots(breakdown.family) + segmentTable('family', breakdown.family, contenders),
    ),
    section(
      'Coverage of the 80 % interval',
      'Share of sales inside the interval, which is calibrated on the other windows: sales of single days, and ' +
        'sales of days 1..h together, which an order has to cover. The band is 78 to 82 %.',
      legend(COVERAGE_LINES) +
        coverageLine('Coverage by window', breakdown.window, windows) +
        coverageLine('Coverage by days ahead', breakdown.horizon, horizons) +
        coverageLine(
          'Coverage by units a day',
          breakdown.volume,
          breakdown.volume.map(({ name }) => name),
        ),
    ),
  ];
  return (
    '<!doctype html>\n<html lang="en"><head><meta charset="utf-8">' +
    '<meta name="viewport" content="width=device-width, initial-scale=1">' +
    `<title>${escapeHtml(title)}</title><style>${PAGE_STYLE}</style></head><body>` +
    `<h1>${escapeHtml(title)}</h1><p class="quiet">${escapeHtml(subtitle)}</p>` +
    `${cards(summary, breakdown)}${contenderTable(breakdown.all, summary)}${alternatives(summary)}${sections.join('')}</body></html>\n`
  );
}

function section(title: string, text: string, content: string): string {
  return `<section><h2>${escapeHtml(title)}</h2><p class="quiet">${escapeHtml(text)}</p>${content}</section>`;
}

function cards({ means, windows, windowsWon, coverage }: BacktestSummary, { all }: Breakdown): string {
  const card = (value: string, label: string) =>
    `<div class="card"><b>${escapeHtml(value)}</b><span>${escapeHtml(label)}</span></div>`;
  const width = all.interval?.width80_share ?? Number.NaN;
  return `<div class="cards">${[
    card(decimal(means[MODEL]?.rmsle ?? Number.NaN, 4), 'RMSLE, mean of the windows'),
    card(percent(means[MODEL]?.wape ?? Number.NaN), 'WAPE, mean of the windows'),
    card(`${windowsWon} of ${windows.length}`, 'windows won against every baseline'),
    card(percent(coverage.daily.others), '80 % coverage of days'),
    card(percent(coverage.cumulative.others), '80 % coverage of sums of days'),
    card(percent(coverage.daily.earlier), 'of days, calibrated on earlier windows only'),
    card(percent(width), 'width of the interval / sales'),
  ].join('')}</div>`;
}

function contenderTable({ scores }: Segment, { means }: BacktestSummary): string {
  const rows = Object.entries(scores).map(([name, { rmsle, wape, mase, bias }]) => [
    name,
    decimal(means[name]?.rmsle ?? Number.NaN, 4),
    percent(means[name]?.wape ?? Number.NaN),
    decimal(rmsle, 4),
    percent(wape),
    decimal(mase, 3),
    units(bias),
  ]);
  const head = ['contender', 'mean RMSLE', 'mean WAPE', 'RMSLE', 'WAPE', 'MASE', 'bias, units a day'];
  return `<div class="scroll">${htmlTable(head, rows)}</div>`;
}

/** The contenders for information; empty without any. */
function alternatives(summary: BacktestSummary): string {
  const entries = Object.entries(summary.alternatives);
  if (entries.length === 0) return '';
  const rows = entries.map(([name, scores]) => [name, ...alternativeCells(scores, summary.windows.length)]);
  return `<div class="scroll">${htmlTable(ALTERNATIVE_COLUMNS, rows)}</div>`;
}

function legend(contenders: readonly string[]): string {
  const items = contenders.map(
    (name, i) => `<li><i style="background:${colourOf(i)}"></i>${escapeHtml(name)}</li>`,
  );
  return `<ul class="legend">${items.join('')}</ul>`;
}

function rmsleLines(
  label: string,
  segments: readonly Segment[],
  x: readonly string[],
  contenders: readonly string[],
): string {
  const lines = contenders.map((name, i) => ({
    name,
    colour: colourOf(i),
    values: segments.map(({ scores }) => scores[name]?.rmsle ?? Number.NaN),
  }));
  return lineChart({ label, x, lines, format: shortDecimal });
}

function rmsleDots(label: string, segments: readonly Segment[], contenders: readonly string[]): string {
  const rows = segments.map(({ name, scores }) => ({
    name,
    dots: contenders.map((contender, i) => ({
      name: contender,
      colour: colourOf(i),
      value: scores[contender]?.rmsle ?? Number.NaN,
    })),
  }));
  return dotChart({ label, rows, format: shortDecimal });
}

function familyDots(segments: readonly Segment[]): string {
  const rows = segments.map(({ name, scores }) => {
    const best = bestBaseline(scores) ?? '';
    const dot = (contender: string, colour: string) => ({
      name: contender,
      colour,
      value: scores[contender]?.rmsle ?? Number.NaN,
    });
    return { name, dots: [dot(MODEL, colourOf(0)), dot(best, colourOf(1))] };
  });
  return (
    legend([MODEL, 'best baseline']) +
    dotChart({ label: 'RMSLE by family, model and best baseline', rows, format: shortDecimal })
  );
}

function coverageLine(label: string, segments: readonly Segment[], x: readonly string[]): string {
  const [days = '', sums = ''] = COVERAGE_LINES;
  const line = (name: string, i: number, of: (segment: Segment) => IntervalScores | null) => ({
    name,
    colour: colourOf(i),
    values: segments.map((segment) => of(segment)?.coverage80 ?? Number.NaN),
  });
  return `<p class="quiet">${escapeHtml(label)}</p>${lineChart({
    label,
    x,
    lines: [line(days, 0, ({ interval }) => interval), line(sums, 1, ({ cumulative }) => cumulative)],
    format: (value) => `${Math.round(100 * value)} %`,
    band: COVERAGE_BAND,
  })}`;
}

function shortDecimal(value: number): string {
  return String(Math.round(value * 1e4) / 1e4);
}

function colourOf(i: number): string {
  return at(COLOURS, i % COLOURS.length);
}
