import type { InService } from '../models/in-service.ts';

/**
 * What is in service after a run that failed, in a sentence.
 *
 * @param startedAt the moment of the run
 */
export function inServiceText(inService: InService, startedAt: Date): string {
  if (inService.kind === 'unknown') return `What is in service is not known: ${inService.reason}`;
  const { champion } = inService;
  if (champion === null) return 'Nothing is in service.';
  const { version, promoted_at } = champion;
  return Date.parse(promoted_at) >= startedAt.getTime()
    ? `${version} is in service: it went there during this run, at ${promoted_at}.`
    : `${version} stays in service, as it has been since ${promoted_at}.`;
}
