import type { EpochMs } from '../shared/calendar/business-clock.ts';
import type { ObjectStore } from '../shared/models/object-store.ts';
import type { PipelineProcess, PipelineStatus } from '../shared/store/pipeline-status/pipeline-status.ts';
import type { SalesStore } from '../shared/store/sales-store.ts';
import { runAggregator } from './aggregator/run-aggregator.ts';
import { produce } from './producer/produce.ts';
import type { PipelineConfiguration } from './standalone-configuration.ts';

export interface PipelineParts {
  readonly store: SalesStore;
  readonly objects: ObjectStore;
  readonly status: PipelineStatus;
  readonly configuration: PipelineConfiguration;
}

/**
 * One beat of the standalone Worker: produce, then aggregate. Each is recorded, and a failure of one does not keep
 * the other from running.
 *
 * @throws {AggregateError} when any of them failed, so that the platform shows the run as failed.
 */
export async function runPipeline(
  { store, objects, status, configuration }: PipelineParts,
  scheduledTime: EpochMs,
): Promise<void> {
  const failures: unknown[] = [];
  const run = async <R extends { readonly outcome: string }>(
    process: PipelineProcess,
    work: () => Promise<R>,
  ): Promise<void> => {
    try {
      const { outcome, ...report } = await work();
      await status.recordRun(process, { scheduledTime, outcome, counts: numbersOf(report), error: null });
    } catch (error) {
      failures.push(error);
      const message = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
      await status.recordRun(process, { scheduledTime, outcome: 'failed', counts: {}, error: message });
    }
  };

  const { clock, ...limits } = configuration;
  await run('producer', () => produce({ store, objects, clock, now: scheduledTime, ...limits }));
  await run('aggregator', () => runAggregator({ store, objects, clock, now: scheduledTime, ...limits }));
  if (failures.length > 0) {
    throw new AggregateError(failures, `${failures.length} of 2 processes failed: ${failures.join('; ')}`);
  }
}

function numbersOf(report: Readonly<Record<string, unknown>>): Record<string, number> {
  return Object.fromEntries(
    Object.entries(report).filter((entry): entry is [string, number] => typeof entry[1] === 'number'),
  );
}
