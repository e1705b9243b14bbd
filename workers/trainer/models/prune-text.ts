import type { PrunePlan } from '../../../shared/models/pruning/plan-pruning.ts';

/** What was removed, or would be, and what is kept and why, for people. */
export function pruneText(
  { champion, kept, forecasts }: PrunePlan,
  removed: readonly string[],
  isDryRun: true | undefined,
): string {
  const done = isDryRun ? 'would be removed' : 'removed';
  const models = removed.length === 1 ? 'model' : 'models';
  return [
    ...(champion === null ? ['nothing is in service: no model is removed'] : []),
    ...kept.map(({ version, reason }) => `kept ${version}: ${reason}`),
    ...removed.map((version) => `${done}: ${version}`),
    `${removed.length} ${models} and ${forecasts.length} batch forecasts ${done}, ${kept.length} models kept`,
  ].join('\n');
}

/** The same for programs. */
export function pruneJson(
  { champion, kept, forecasts }: PrunePlan,
  removed: readonly string[],
): Record<string, unknown> {
  return { champion, kept, removed, forecasts };
}
