import type { EpochMs } from '../../shared/calendar/business-clock.ts';
import { pipelineBodySchema } from '../../shared/schemas/api/pipeline.ts';
import type { LocalSystem } from './local-system.ts';

interface Progress {
  /** Instant up to which sales are counted, null before the first. */
  readonly countedTo: EpochMs | null;
  readonly importedStores: number;
}

/** How far the pipeline has come, as its own API reports it. */
export async function readProgress(system: LocalSystem): Promise<Progress> {
  const response = await system.fetch('/v1/pipeline');
  if (!response.ok) throw new Error(`GET /v1/pipeline answered ${response.status}: ${await response.text()}`);
  const body = pipelineBodySchema.parse(await response.json());
  return {
    countedTo: body.watermark === null || body.as_of === null ? null : Date.parse(body.as_of),
    importedStores: body.history_import.stores_imported,
  };
}

/**
 * Runs the pipeline until it stands at `due` or comes no further, so that no number is empty when the page opens.
 *
 * @returns the instant up to which sales are counted.
 */
export async function catchUp(
  system: LocalSystem,
  cron: string,
  due: EpochMs,
  onProgress: (progress: Progress) => void,
): Promise<EpochMs | null> {
  let before = await readProgress(system);
  for (;;) {
    await system.scheduled(due, cron);
    const after = await readProgress(system);
    onProgress(after);
    if (after.countedTo !== null && after.countedTo >= due) return after.countedTo;
    if (after.countedTo === before.countedTo && after.importedStores === before.importedStores)
      return after.countedTo;
    before = after;
  }
}
