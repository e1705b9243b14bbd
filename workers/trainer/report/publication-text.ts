import type { IsoDate } from '../../../shared/calendar/day-number.ts';
import type { Decision } from '../../../shared/models/decision.ts';
import type { Manifest } from '../../../shared/schemas/manifest.ts';
import type { DataChecks } from '../data-checks/data-check.ts';
import type { Pruned } from '../publish/prune-store.ts';
import type { PublishReport } from '../publish/publish-training.ts';
import type { TrainedModel } from '../train-model.ts';

export interface TrainingRun {
  readonly model: TrainedModel;
  readonly manifest: Manifest;
  readonly liveFrom: IsoDate;
  readonly decision: Decision;
  /** Whether a model is in service after the run that this build can serve. */
  readonly isServing: boolean;
  readonly checks: DataChecks;
  readonly published: PublishReport;
  readonly pruned: Pruned;
}

type PublishedRun = Pick<TrainingRun, 'published' | 'pruned' | 'decision'>;

/** What a run wrote besides the model, line by line, and what it did not. */
export function publicationText(run: PublishedRun): string[] {
  const { dataset, forecasts } = run.published;
  const { versions } = run.pruned;
  const lines: string[] = [];
  if (dataset) {
    const { written, unchanged, removed } = dataset;
    lines.push(`dataset: ${written} objects written, ${unchanged} unchanged, ${removed} removed`);
  } else lines.push('dataset: left as it was, it is that of the champion');
  if (forecasts) {
    lines.push(
      `forecasts of ${forecasts.series} series: ${forecasts.key}, ${Math.ceil(forecasts.bytes / 1000)} kB`,
    );
  } else lines.push(`no batch forecasts of this night: ${whyNoForecasts(run)}`);
  if (versions.length > 0) lines.push(`old models removed: ${versions.join(', ')}`);
  return lines;
}

function whyNoForecasts({ published, decision }: PublishedRun): string {
  if (!published.dataset) return 'the dataset was left as it was';
  const isNoneInService = decision.action === 'refuse' && decision.champion === null;
  return isNoneInService ? 'no model is in service' : 'the model in service cannot make them';
}
