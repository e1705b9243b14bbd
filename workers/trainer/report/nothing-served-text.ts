import type { TrainingRun } from './publication-text.ts';

/** Why nothing can be served after a run, in a line for people; null where something can. */
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
