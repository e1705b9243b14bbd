import type { Pruned } from '../publish/prune-store.ts';
import type { PublishReport } from '../publish/publish-training.ts';

/** What a run wrote besides the model, line by line. */
export function publicationText(run: {
  readonly published: PublishReport;
  readonly pruned: Pruned;
}): string[] {
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
  }
  if (versions.length > 0) lines.push(`old models removed: ${versions.join(', ')}`);
  return lines;
}
