import type { PipelineBody } from '../../../shared/schemas/api/pipeline.ts';
import { latestRuns, type ProcessRun } from '../lib/api/pipeline-state.ts';
import type { Resource } from '../lib/api/use-resource.ts';
import { Card, Skeleton, Stat } from '../lib/cards/card.tsx';
import { ImportProgress, Notice, WithResource } from '../lib/cards/with-resource.tsx';
import { formatDay, formatDuration, formatInstant } from '../lib/format/dates.ts';
import { formatCount, NO_VALUE } from '../lib/format/numbers.ts';

const RUNS_SHOWN = 8;

const FINDING_TITLES: Readonly<Partial<Record<PipelineBody['findings'][number]['component'], string>>> = {
  pipeline: 'Scheduled runs fail or do not come',
  backlog: 'Sales wait to be counted',
  writes: 'Deliveries cannot be stored',
  clock: 'The stream is ahead of the clock',
  continuity: 'Counted sales are gone',
};

interface PipelineCardProps {
  readonly resource: Resource<PipelineBody>;
  readonly timeZone: string | null;
}

export function PipelineCard({ resource, timeZone }: PipelineCardProps) {
  return (
    <Card title="Pipeline" name="pipeline" busy={resource.data === null && resource.error === null}>
      <WithResource
        resource={resource}
        pipeline={null}
        skeleton={
          <>
            <Skeleton shape="line" />
            <Skeleton shape="rows" />
          </>
        }
      >
        {(pipeline) => (
          <>
            {pipeline.findings.map((finding) => (
              <Notice
                key={finding.component}
                tone={finding.status === 'failing' ? 'error' : 'waiting'}
                title={FINDING_TITLES[finding.component] ?? 'The pipeline needs attention'}
              >
                <p>{finding.detail}</p>
                {finding.fix && <p>{finding.fix}.</p>}
              </Notice>
            ))}
            <dl class="stats">
              <Stat
                label="Oldest sale to count"
                value={pipeline.lag_ms === 0 ? 'none' : formatDuration(pipeline.lag_ms)}
                tone={pipeline.lag_ms > 600_000 ? 'warn' : 'plain'}
              />
              <Stat
                label="Sales to count"
                value={formatCount(pipeline.waiting_rows)}
                tone={pipeline.lag_ms > 600_000 ? 'warn' : 'plain'}
              />
              <Stat
                label="Rejected rows"
                value={formatCount(pipeline.dead_letters)}
                tone={pipeline.dead_letters > 0 ? 'warn' : 'plain'}
              />
              <Stat
                label="History up to"
                value={pipeline.compacted_through ? formatDay(pipeline.compacted_through) : NO_VALUE}
              />
            </dl>
            <div class="pipeline-import">
              <span class="caption">History</span>
              <ImportProgress history={pipeline.history_import} />
            </div>
            <RunTable runs={latestRuns(pipeline, RUNS_SHOWN)} timeZone={timeZone} />
          </>
        )}
      </WithResource>
    </Card>
  );
}

interface RunTableProps {
  readonly runs: readonly ProcessRun[];
  readonly timeZone: string | null;
}

export function RunTable({ runs, timeZone }: RunTableProps) {
  if (runs.length === 0) return <p class="quiet">No process has run yet.</p>;
  return (
    <div class="table-scroll">
      <table class="run-table">
        <caption class="visually-hidden">Last runs of the scheduled processes, newest first</caption>
        <thead>
          <tr>
            <th scope="col">Scheduled</th>
            <th scope="col">Process</th>
            <th scope="col">Outcome</th>
          </tr>
        </thead>
        <tbody>
          {runs.map((run) => (
            <tr key={`${run.process} ${run.scheduled_at}`}>
              <td class="figures">{formatInstant(run.scheduled_at, timeZone)}</td>
              <td>{run.process}</td>
              <td>
                <span class={`outcome outcome-${run.outcome}`}>
                  {run.outcome === 'ok' ? run.detail : `failed: ${run.detail}`}
                </span>
                <span class="run-counts">{writeCounts(run.counts)}</span>
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

/** `entries 1, transactions 50`: the counts of a run, without zeros. */
function writeCounts(counts: Readonly<Record<string, number>>): string {
  return Object.entries(counts)
    .filter(([, count]) => count !== 0)
    .map(([name, count]) => `${name.replaceAll('_', ' ')}\u00a0${formatCount(count)}`)
    .join(', ');
}
