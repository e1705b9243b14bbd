import type { PipelineBody } from '../../../shared/schemas/api/pipeline.ts';
import type { Resource } from '../api/use-resource.ts';
import { Card } from '../card/card.tsx';
import { Skeleton } from '../card/skeleton.tsx';
import { Stat } from '../card/stat.tsx';
import { WithResource } from '../card/with-resource.tsx';
import { formatDay, formatDuration } from '../format/dates.ts';
import { formatCount, NO_VALUE } from '../format/numbers.ts';
import { ImportProgress } from './import-progress.tsx';
import { latestRuns } from './pipeline-view.ts';
import { RunTable } from './run-table.tsx';

const RUNS_SHOWN = 8;

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
            <dl class="stats">
              <Stat
                label="Lag"
                value={pipeline.lag_ms === 0 ? 'none' : formatDuration(pipeline.lag_ms)}
                tone={pipeline.lag_ms > 600_000 ? 'warn' : 'plain'}
              />
              <Stat
                label="Waiting entries"
                value={formatCount(pipeline.waiting_entries)}
                tone={pipeline.waiting_entries > 2 ? 'warn' : 'plain'}
              />
              <Stat
                label="Dead letters"
                value={formatCount(pipeline.dead_letters)}
                tone={pipeline.dead_letters > 0 ? 'warn' : 'plain'}
              />
              <Stat
                label="Compacted to"
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
