import Table from 'cli-table3';
import type { Decision } from '../../../shared/artifacts/decision.ts';
import type { IsoDate } from '../../../shared/calendar/day-number.ts';
import type { Manifest } from '../../../shared/schemas/manifest.ts';
import type { DataCheck, DataChecks } from '../data/checks/data-check.ts';
import { kilobytes } from '../evaluate/backtest-report/format.ts';
import type { TrainedModel } from '../evaluate/train-model.ts';
import type { InService } from '../publish/change-champion.ts';
import type { Pruned } from '../publish/prune-store.ts';
import type { PublishReport } from '../publish/publish-training.ts';

export interface TrainingRun {
  readonly model: TrainedModel;
  readonly manifest: Manifest;
  readonly liveFrom: IsoDate;
  readonly decision: Decision;
  /** Whether a model that this release can serve is in service after the run. */
  readonly isServing: boolean;
  readonly checks: DataChecks;
  readonly published: PublishReport;
  readonly pruned: Pruned;
}

type PublishedRun = Pick<TrainingRun, 'published' | 'pruned' | 'decision'>;

/** The output of a run in addition to the model, line by line, and what is missing from it. */
export function publicationText(run: PublishedRun): string[] {
  const { dataset, forecasts } = run.published;
  const { versions } = run.pruned;
  const lines: string[] = [];
  if (dataset) {
    const { written, unchanged } = dataset;
    lines.push(`dataset: ${written} objects written, ${unchanged} unchanged`);
  } else lines.push('dataset: unchanged, because it belongs to the champion');
  if (forecasts) {
    lines.push(`forecasts of ${forecasts.series} series: ${forecasts.key}, ${kilobytes(forecasts.bytes)}`);
  } else lines.push(`no batch forecasts of this night: ${whyNoForecasts(run)}`);
  if (versions.length > 0) lines.push(`old models removed: ${versions.join(', ')}`);
  return lines;
}

function whyNoForecasts({ published, decision }: PublishedRun): string {
  if (!published.dataset) return 'the dataset was left unchanged';
  const isNoneInService = decision.action === 'refuse' && decision.champion === null;
  return isNoneInService ? 'no model is in service' : 'the model in service cannot make them';
}

/** The decision of the gate and its reasons, as text. */
export function decisionText({ version, action, champion, reasons }: Decision, out: string): string {
  const because = reasons.map((reason) => `  - ${reason}\n`).join('');
  if (action === 'promote') {
    const place = champion === null ? 'the first champion' : `in place of ${champion}`;
    return `promoted: ${version} goes into service, ${place}\n${because}`;
  }
  const stays = champion === null ? 'nothing is in service yet' : `${champion} stays in service`;
  return (
    `refused: ${version} is stored, ${stays}\n${because}` +
    `promote it nevertheless: npm run models -- promote ${version} --in ${out}\n`
  );
}

/** Why nothing can be served after a run, in one line; null if something can. */
export function nothingServedText(
  { decision, isServing }: Pick<TrainingRun, 'decision' | 'isServing'>,
  out: string,
): string | null {
  if (isServing) return null;
  const { champion, version } = decision;
  return champion === null
    ? `${out} has no model in service: the first one was refused.`
    : `${out} has no model in service that can be served: ${champion} cannot, and ${version} was refused.`;
}

/**
 * What is in service after a failed run, in a sentence.
 *
 * @param startedAt time of the run
 */
export function inServiceText(inService: InService, startedAt: Date): string {
  if (inService.kind === 'unknown') return `What is in service is unknown: ${inService.reason}`;
  const { champion } = inService;
  if (champion === null) return 'Nothing is in service.';
  const { version, promoted_at } = champion;
  return Date.parse(promoted_at) >= startedAt.getTime()
    ? `${version} is in service: it was promoted during this run, at ${promoted_at}.`
    : `${version} stays in service, as it has been since ${promoted_at}.`;
}

const SIGN: Readonly<Record<DataCheck['severity'], string>> = {
  info: 'ok',
  warning: 'warning',
  failure: 'FAILED',
};
const WIDTHS = [19, 9, 88];

/** The findings of the checks, one per line, with their fixes. */
export function dataChecksTable({ checks, allowed }: DataChecks): string {
  const table = new Table({
    head: ['check', '', 'finding'],
    colWidths: WIDTHS,
    wordWrap: true,
    style: { head: [], border: [], compact: true },
  });
  for (const { name, severity, finding, fix } of checks) {
    const isAllowed = severity === 'failure' && allowed.includes(name);
    table.push([name, isAllowed ? 'allowed' : SIGN[severity], fix === null ? finding : `${finding}. ${fix}`]);
  }
  return table.toString();
}
