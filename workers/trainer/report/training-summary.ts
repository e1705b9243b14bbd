import { toDayNumber } from '../../../shared/calendar/day-number.ts';
import type { Note } from '../data/notes.ts';
import { windowSpan } from '../evaluate/backtest-dataset.ts';
import { percent, scoreText } from '../evaluate/backtest-report/format.ts';
import { type BacktestSummary, bestContender } from '../evaluate/backtest-summary.ts';
import { publicationText, type TrainingRun } from './training-text.ts';

/**
 * The summary page of a workflow run, in Markdown: the decision and its reasons, the notes, the backtest, the data, the
 * publication.
 */
export function trainingSummary(
  run: TrainingRun,
  notes: readonly Note[],
  out: string,
  seconds: number,
): string {
  const { decision, manifest, model, checks, isServing } = run;
  const { version, action, champion, reasons } = decision;
  const { training } = manifest;
  const stays = isServing ? 'stays in service' : 'stays in service although it cannot be served';
  const title =
    action === 'promote'
      ? `Promoted: ${version} goes into service, ${champion ? `in place of ${champion}` : 'the first champion'}`
      : `Refused: ${version} is stored, ${champion ? `${champion} ${stays}` : 'nothing is in service'}`;
  const findings = checks.checks.filter(({ severity }) => severity !== 'info');
  return [
    `## ${title}`,
    '',
    ...reasons.map((reason) => `- ${asText(reason)}`),
    '',
    ...noteLines(notes),
    `### Backtest: RMSLE / WAPE over windows of ${model.backtest.windowDays} days`,
    '',
    ...backtestRows(model.backtest),
    '',
    '### Data',
    '',
    `${asText(training.dataset)}: ${training.series} series, history to ${training.last_day}${smoothed(training.trees_from)}, live from ${run.liveFrom}.`,
    '',
    ...(findings.length === 0
      ? ['No check found anything.']
      : findings.map(({ name, severity, finding }) => `- ${severity} \`${name}\`: ${asText(finding)}`)),
    '',
    '### Published',
    '',
    ...publicationText(run).map((line) => `- ${asText(line)}`),
    `- to \`${out}\`, in ${seconds} s, XGBoost ${training.libraries.xgboost}`,
    '',
    '',
  ].join('\n');
}

function smoothed(treesFrom: string | undefined): string {
  return treesFrom === undefined ? '' : ` (too short for trees: exponential smoothing until ${treesFrom})`;
}

/** The page of a failed run. @param inService what is in service now */
export function failureSummary(error: unknown, inService: string, notes: readonly Note[] = []): string {
  const message = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
  return [
    '## The training run failed',
    '',
    asText(message),
    '',
    asText(inService),
    '',
    ...noteLines(notes),
    '',
  ].join('\n');
}

function noteLines(notes: readonly Note[]): string[] {
  if (notes.length === 0) return [];
  const lines = notes.map(
    ({ text, severity }) => `- ${severity === 'warning' ? '**warning** ' : ''}${asText(text)}`,
  );
  return ['### Notes', '', ...lines, ''];
}

function backtestRows({
  contenders,
  windows,
  windowDays,
  means,
  windowsWon,
  coverage80,
}: BacktestSummary): string[] {
  const row = (cells: readonly string[]) => `| ${cells.join(' | ')} |`;
  return [
    row(['window', ...contenders.map((name) => `\`${name}\``), 'best', '80 % coverage']),
    row(['---', ...contenders.map(() => '---:'), '---', '---:']),
    ...windows.map((window) =>
      row([
        windowSpan(toDayNumber(window.origin), windowDays),
        ...contenders.map((name) => scoreText(window.scores[name])),
        bestContender(window.scores),
        window.coverage80 === null ? '-' : percent(window.coverage80),
      ]),
    ),
    row([
      '**mean**',
      ...contenders.map((name) => `**${scoreText(means[name])}**`),
      `model ${windowsWon} of ${windows.length}`,
      percent(coverage80),
    ]),
  ];
}

/** Escapes untrusted text: names of a dataset and reasons may contain Markdown or HTML. */
function asText(text: string): string {
  return text
    .replace(/[\\`*_{}[\]<>|#]/g, (sign) => (sign === '<' ? '&lt;' : `\\${sign}`))
    .replace(/\s*\n\s*/g, ' ');
}
