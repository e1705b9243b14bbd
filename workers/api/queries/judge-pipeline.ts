/**
 * What the records of the pipeline and the state of the store say of its health. Pure: everything is read elsewhere.
 *
 * @module
 */
import type { EpochMs } from '../../../shared/calendar/business-clock.ts';
import { HOUR_MS } from '../../../shared/calendar/day-number.ts';
import { TICK_MS } from '../../../shared/calendar/tick.ts';
import type { PipelineRun } from '../../../shared/pipeline-status/pipeline-status.ts';
import { parseEntryId } from '../../../shared/sales-store/entry-id.ts';
import type { PartitionedStatus } from '../../../shared/sales-store/partitioned/partitioned-status.ts';
import type { ComponentState, ProcessState } from '../../../shared/schemas/api/health.ts';
import { fixOf } from './failure-fix.ts';
import { backlogAge } from './stream-position.ts';
import type { WriteWatch } from './write-watch.ts';

/** Runs missed in a row before it is said that none comes any more. */
const LATE_MS: EpochMs = 3 * TICK_MS;
/** Runs, or deliveries, that fail in a row before it counts as a fault that lasts. */
const LASTING = 3;
/** The clocks of tills may be ahead by this much. */
const AHEAD_MS = HOUR_MS;

const SCHEDULED = ['producer', 'aggregator'] as const;

export interface PipelineFacts {
  /** Null where the store does not answer. */
  readonly status: PartitionedStatus | null;
  /** The run recorded last first. */
  readonly runs: Readonly<Record<(typeof SCHEDULED)[number] | 'intake', readonly PipelineRun[]>>;
  readonly writes: WriteWatch;
  readonly now: EpochMs;
  /** Time runs faster than the clock, by the wish of who started the system. */
  readonly accelerated: boolean;
}

/** The last run of each scheduled process. */
export function describeProcesses({ runs }: Pick<PipelineFacts, 'runs'>): ProcessState[] {
  return SCHEDULED.map((process) => {
    const [last] = runs[process];
    const good = runs[process].findIndex(({ error }) => error === null);
    const failed = good < 0 ? runs[process] : runs[process].slice(0, good);
    return {
      process,
      scheduled_at: last ? toIso(last.scheduledTime) : null,
      finished_at: last ? toIso(finishOf(last)) : null,
      outcome: last ? (last.error === null ? 'ok' : 'failed') : null,
      detail: last ? (last.error ?? last.outcome) : 'has not run yet',
      failures_in_a_row: failed.reduce((sum, { failures = 1 }) => sum + failures, 0),
    };
  });
}

/** The parts of health that the pipeline has. */
export function judgePipeline(facts: PipelineFacts): ComponentState[] {
  return [
    judgeRuns(facts),
    judgeBacklog(facts),
    judgeWrites(facts),
    judgeClock(facts),
    judgeContinuity(facts),
  ];
}

type Finding = Omit<ComponentState, 'component'>;

function judgeRuns({ runs, now }: PipelineFacts): ComponentState {
  const findings = describeProcesses({ runs }).map((state): Finding => {
    const { process, detail, failures_in_a_row: failures, finished_at: finishedAt } = state;
    const cron = `Check the cron trigger of the ${process} ([triggers] crons in wrangler.toml) and the Worker's log`;
    if (finishedAt === null)
      return { status: 'degraded', detail: `the ${process} has not run yet`, fix: cron };
    const isLate = now - Date.parse(finishedAt) > LATE_MS;
    const late = isLate ? `no run of the ${process} since ${finishedAt}` : null;
    if (failures > 0) {
      const times = failures === 1 ? 'failed' : `failed ${failures} times in a row`;
      const what = `the ${process} ${times}, last at ${finishedAt}: ${detail}`;
      return {
        status: failures >= LASTING ? 'failing' : 'degraded',
        detail: late === null ? what : `${what}; ${late}`,
        fix: fixOf(detail),
      };
    }
    if (late !== null) return { status: 'degraded', detail: late, fix: cron };
    return { status: 'ok', detail: `${process}: ${detail} at ${finishedAt}` };
  });
  return { component: 'pipeline', ...joinFindings(findings) };
}

/** The worst status, everything that is said of it, and each fix once. */
function joinFindings(findings: readonly Finding[]): Finding {
  const status =
    (['failing', 'degraded'] as const).find((one) => findings.some((has) => has.status === one)) ?? 'ok';
  const shown = status === 'ok' ? findings : findings.filter((one) => one.status !== 'ok');
  const fixes = [...new Set(shown.flatMap(({ fix }) => fix ?? []))];
  const detail = shown.map((one) => one.detail).join('; ');
  return { status, detail, ...(fixes.length > 0 && { fix: fixes.join('. ') }) };
}

const UNKNOWN = {
  status: 'unavailable',
  detail: 'not known while the store does not answer',
  fix: 'See the component store',
} as const;

function judgeBacklog({ status, now }: PipelineFacts): ComponentState {
  const component = 'backlog';
  if (status === null) return { component, ...UNKNOWN };
  const { waitingEntries, waitingRows, oldestWaiting } = status;
  if (oldestWaiting === null) return { component, status: 'ok', detail: 'nothing waits' };
  const since = toIso(parseEntryId(oldestWaiting).instant);
  const detail = `${waitingRows} rows in ${waitingEntries} entries wait to be counted, the oldest since ${since}`;
  if (backlogAge(status, now) <= LATE_MS) return { component, status: 'ok', detail };
  const fix =
    'Runs follow each other until nothing waits; where more comes in than they count, raise AGGREGATE_MAX_CHARACTERS, ' +
    'AGGREGATE_MAX_ENTRIES or AGGREGATE_FOLLOW_UPS_PER_HOUR. Where no run succeeds, see the component pipeline';
  return { component, status: 'degraded', detail, fix };
}

/** Outcomes of runs that have written. */
const WRITING = new Set(['produced', 'aggregated', 'importing']);

/**
 * When something was written for the last time, as far as it is known. What lies ahead of the clock was written before
 * the clock was set back: it would hide every failure until the clock is there again.
 */
export function lastWrite({
  runs,
  writes,
  now,
}: Pick<PipelineFacts, 'runs' | 'writes' | 'now'>): EpochMs | null {
  const written = [...runs.producer, ...runs.aggregator]
    .filter(({ error, outcome }) => error === null && WRITING.has(outcome))
    .map(finishOf);
  const latest = Math.max(0, ...[writes.writtenAt ?? 0, ...written].filter((at) => at <= now));
  return latest > 0 ? latest : null;
}

function judgeWrites({ runs, writes, now }: PipelineFacts): ComponentState {
  const component = 'writes';
  const writtenAt = lastWrite({ runs, writes, now });
  const recorded = runs.intake.filter((run) => finishOf(run) > (writtenAt ?? 0) && finishOf(run) <= now);
  const own = writes.failure !== null && writes.failure.at > (writtenAt ?? 0) ? writes.failure : null;
  const [newest] = recorded;
  const failure = own ?? (newest ? { at: finishOf(newest), reason: newest.error ?? '' } : null);
  const since = writtenAt === null ? 'nothing has been written yet' : `last written at ${toIso(writtenAt)}`;
  if (failure === null) return { component, status: 'ok', detail: since };
  const lasts = Math.max(own?.inARow ?? 0, recorded.length) >= LASTING;
  return {
    component,
    status: lasts ? 'failing' : 'degraded',
    detail: `a delivery could not be written at ${toIso(failure.at)}: ${failure.reason}; ${since}`,
    fix: fixOf(failure.reason),
  };
}

function judgeClock({ status, now, accelerated }: PipelineFacts): ComponentState {
  const component = 'clock';
  if (status === null) return { component, ...UNKNOWN };
  const newest = status.newestEntry === null ? 0 : parseEntryId(status.newestEntry).instant;
  const ahead = newest - now;
  if (ahead <= AHEAD_MS) return { component, status: 'ok', detail: 'the stream is not ahead of the clock' };
  const detail = `the stream is ${Math.round(ahead / HOUR_MS)} hours ahead of the clock`;
  if (accelerated) return { component, status: 'ok', detail: `${detail}, as --speed asks` };
  return {
    component,
    status: 'degraded',
    detail: `${detail}: until ${toIso(newest)} deliveries are counted at the stream's time, and a cron has no tick to replay`,
    fix: 'If the clock was set back by mistake, set it right; otherwise wait, or start over with an empty store (npm start -- --reset)',
  };
}

function judgeContinuity({ runs }: PipelineFacts): ComponentState {
  const component = 'continuity';
  const loss = runs.aggregator[0]?.loss;
  if (!loss) return { component, status: 'ok', detail: 'the store has all that was counted before' };
  const from = loss.from === null ? 'All sales' : `The sales from ${toIso(loss.from)}`;
  return {
    component,
    status: 'degraded',
    detail:
      `${from} that were counted up to ${toIso(loss.to)} are gone, as noticed at ${toIso(loss.noticedAt)}: ` +
      'the store was emptied, replaced, or restored from an older copy',
    fix: 'Restore a copy that has them, or send these sales again; ticks of the replay come back by themselves. Or start over: npm start -- --reset',
  };
}

function finishOf({ finishedAt, scheduledTime }: PipelineRun): EpochMs {
  return finishedAt ?? scheduledTime;
}

function toIso(instant: EpochMs): string {
  return new Date(instant).toISOString();
}
