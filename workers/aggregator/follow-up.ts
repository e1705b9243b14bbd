/**
 * Runs of the aggregator that follow each other until nothing waits. One run counts as much as the CPU time of one
 * invocation allows, so a backlog takes several; each is an invocation of its own.
 *
 * Fair by order: the stream is counted oldest first, so a delivery waits for no tick that came after it, nor a tick for
 * a later delivery.
 *
 * @module
 */
import type { EpochMs } from '../../shared/calendar/business-clock.ts';
import { HOUR_MS } from '../../shared/calendar/day-number.ts';
import { TICK_MS } from '../../shared/calendar/tick.ts';
import { messageOf } from '../../shared/errors/message-of.ts';
import { PartialRunError } from '../../shared/errors/partial-run-error.ts';
import {
  describeRun,
  type PipelineRun,
  type PipelineStatus,
  type RunTime,
  runRecorded,
} from '../../shared/pipeline-status/pipeline-status.ts';
import {
  findLoss,
  mergeLosses,
  type RecordedMark,
  type StoreLoss,
} from '../../shared/pipeline-status/store-loss.ts';
import type { AggregatorReport } from './aggregate-store.ts';

/**
 * Runs that may follow one of the schedule: each is a subrequest of it, of which the free plan allows 50, and the run
 * itself takes about 25.
 */
const MAX_FOLLOW_UPS = 20;

export interface FollowedRun extends RunTime {
  readonly status: PipelineStatus;
  /** Runs of one hour that may follow those of the schedule. */
  readonly followUpsPerHour: number;
  /** The run that the schedule asks for. */
  readonly run: () => Promise<AggregatorReport>;
  /** One more run, in an invocation of its own. */
  readonly followUp: () => Promise<AggregatorReport>;
}

/** What a Worker exports that follows up its own runs: calls of it are bound to it by the platform. */
export interface FollowUpExports {
  readonly FollowUp: { run(scheduledTime: EpochMs): Promise<AggregatorReport> };
}

/** The reports of a run and those that followed it, added up. */
export interface FollowedReport extends AggregatorReport {
  /** Runs that followed the first. */
  readonly followUps: number;
}

/**
 * Runs the aggregator, then again while entries wait or histories are still to be imported, and records them as one
 * run. The first is recorded before any follows, so that nothing is forgotten should the platform end the invocation.
 *
 * @throws what a run throws, once that is recorded.
 */
export async function aggregateFollowed(request: FollowedRun): Promise<void> {
  const { status, scheduledTime, now } = request;
  // Before the store is read: a watermark that another run moves in between is then newer, never older.
  const known = await status.readRuns('aggregator').catch(() => null);
  const describe = createStoreMemory(known ?? [], now());
  const work = async (): Promise<FollowedReport> => {
    let total: FollowedReport = { ...(await request.run()), followUps: 0 };
    const allowed = followUpsLeft(known, scheduledTime, request.followUpsPerHour);
    if (!isUnfinished(total) || allowed === 0) return total;
    const record = { ...describeRun(scheduledTime, total), finishedAt: now(), ...describe(total) };
    await status.recordRun('aggregator', record);
    while (isUnfinished(total) && total.followUps < allowed) {
      const next = await request.followUp().catch((error: unknown) => {
        const message = `follow-up ${total.followUps + 1} failed: ${messageOf(error)}`;
        throw new PartialRunError([error], message, total);
      });
      total = addReports(total, next);
      // Another run is at work, or there is no progress to be made now.
      if (next.entries + next.imported === 0) break;
    }
    return total;
  };
  await runRecorded(status, 'aggregator', { scheduledTime, now }, work, describe);
}

function isUnfinished({ outcome, more }: AggregatorReport): boolean {
  return more || outcome === 'importing';
}

/** Without records nobody knows what the last hour took: an even share of it. */
function followUpsLeft(
  known: readonly PipelineRun[] | null,
  scheduledTime: EpochMs,
  perHour: number,
): number {
  if (known === null) return Math.floor((perHour * TICK_MS) / HOUR_MS);
  const taken = known
    .filter((run) => run.scheduledTime > scheduledTime - HOUR_MS && run.scheduledTime < scheduledTime)
    .reduce((sum, { counts }) => sum + (counts.followUps ?? 0), 0);
  return Math.min(MAX_FOLLOW_UPS, Math.max(0, perHour - taken));
}

function addReports(total: FollowedReport, next: AggregatorReport): FollowedReport {
  return {
    ...next,
    // A run that finds the rest counted already is no idle one.
    outcome: next.outcome === 'idle' ? total.outcome : next.outcome,
    imported: total.imported + next.imported,
    entries: total.entries + next.entries,
    rows: total.rows + next.rows,
    deadLetters: total.deadLetters + next.deadLetters,
    compacted: total.compacted + next.compacted,
    droppedBuckets: total.droppedBuckets + next.droppedBuckets,
    droppedEntries: total.droppedEntries + next.droppedEntries,
    before: total.before,
    followUps: total.followUps + 1,
  };
}

/** Remembers from run to run how far the store had counted, and what it has lost since. */
function createStoreMemory(
  known: readonly PipelineRun[],
  now: EpochMs,
): (report: AggregatorReport | null) => { readonly store?: RecordedMark; readonly loss?: StoreLoss } {
  const last = known[0];
  return (report) => {
    const found =
      report === null || last?.store === undefined ? null : findLoss(last.store, report.before, now);
    const loss = mergeLosses(last?.loss ?? null, found, now);
    const store = report !== null && report.after.length > 0 ? report.after : last?.store;
    return { ...(store !== undefined && { store }), ...(loss !== null && { loss }) };
  };
}
