import type { EpochMs } from '../../shared/calendar/business-clock.ts';
import type { EntryId } from '../../shared/sales-store/entry-id.ts';
import { type PipelineBody, pipelineBodySchema } from '../../shared/schemas/api/pipeline.ts';
import type { ReportProgress } from './command-line/steps.ts';
import type { LocalSystem } from './system/local-system.ts';
import type { SalesProgress } from './system/sales-memory.ts';

interface Progress {
  /** Instant up to which sales are counted; null before the first. */
  readonly countedTo: EpochMs | null;
  /** The newest entry that is counted, of each partition. */
  readonly watermarks: string;
  readonly importedStores: number;
  /** What waits to be counted. */
  readonly waitingEntries: number;
  readonly waitingRows: number;
}

async function readPipeline(system: LocalSystem): Promise<PipelineBody> {
  const response = await system.fetch('/v1/pipeline');
  if (!response.ok) throw new Error(`GET /v1/pipeline returned ${response.status}: ${await response.text()}`);
  return pipelineBodySchema.parse(await response.json());
}

/** Progress of the pipeline, as reported by its own API. */
export async function readProgress(system: LocalSystem): Promise<Progress> {
  const body = await readPipeline(system);
  return {
    countedTo: body.watermark === null || body.as_of === null ? null : Date.parse(body.as_of),
    watermarks: body.partitions.map(({ watermark }) => watermark).join(),
    importedStores: body.history_import.stores_imported,
    waitingEntries: body.waiting_entries,
    waitingRows: body.waiting_rows,
  };
}

/** The error of the last run of a process; null when it did not fail. */
async function readFailure(system: LocalSystem): Promise<string | null> {
  const { runs } = await readPipeline(system);
  const failed = Object.values(runs).flatMap(([newest]) =>
    newest?.outcome === 'failed' ? [newest.detail] : [],
  );
  return failed.length > 0 ? failed.join('; ') : null;
}

/**
 * Runs the pipeline until it reaches `due` and nothing waits, so that no number is empty when the page opens. It ends
 * before `due` when there is nothing to replay.
 *
 * @throws when a run fails, with the reason that the pipeline recorded; when runs no longer count what waits.
 */
export async function catchUp(
  system: LocalSystem,
  cron: string,
  due: EpochMs,
  progress: ReportProgress,
): Promise<void> {
  let before = await readProgress(system);
  const first = before.countedTo;
  const mostWaiting = before.waitingEntries;
  while (before.countedTo === null || before.countedTo < due || before.waitingEntries > 0) {
    try {
      await system.scheduled(due, cron);
    } catch (error) {
      throw new Error((await readFailure(system)) ?? String(error), { cause: error });
    }
    const after = await readProgress(system);
    const { countedTo, importedStores, waitingEntries, waitingRows } = after;
    const stands =
      countedTo === before.countedTo &&
      // As many may wait as before where a delivery has come meanwhile.
      after.watermarks === before.watermarks &&
      importedStores === before.importedStores &&
      waitingEntries === before.waitingEntries;
    if (stands && waitingEntries > 0) {
      throw new Error(
        `${waitingRows} rows in ${waitingEntries} entries wait, and a run counts none of them; GET /v1/health says why`,
      );
    }
    if (stands) return;
    if (countedTo !== null && first !== null && countedTo < due) progress(countedTo - first, due - first);
    else if (waitingEntries > 0)
      progress(Math.max(0, mostWaiting - waitingEntries), Math.max(mostWaiting, 1));
    before = after;
  }
}

/**
 * How far each partition has come, by the API: a stub of the store would block this process while workerd is stopped,
 * and with it the watch that starts workerd again.
 */
export async function readSalesProgress(system: LocalSystem): Promise<SalesProgress> {
  const { live_from: liveFrom, partitions } = await readPipeline(system);
  return {
    liveFrom,
    partitions: partitions.map(({ answers, newest_entry, watermark, identity }) => ({
      status: answers
        ? { newestEntry: newest_entry as EntryId | null, watermark: watermark as EntryId | null, identity }
        : null,
    })),
  };
}
