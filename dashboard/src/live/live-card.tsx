import type { PipelineBody } from '../../../shared/schemas/api/pipeline.ts';
import type { SalesLiveBody } from '../../../shared/schemas/api/sales-live.ts';
import type { Resource } from '../api/use-resource.ts';
import { Card } from '../card/card.tsx';
import { Notice } from '../card/notice.tsx';
import { Skeleton } from '../card/skeleton.tsx';
import { WithResource } from '../card/with-resource.tsx';
import { Legend } from '../chart/legend.tsx';
import { formatDay, formatMinute } from '../format/dates.ts';
import { Announcement } from './announcement.tsx';
import { LiveChart } from './live-chart.tsx';
import { LiveFigures } from './live-figures.tsx';
import { describeLive } from './live-summary.ts';
import { buildLiveView } from './live-view.ts';

interface LiveCardProps {
  readonly resource: Resource<SalesLiveBody>;
  readonly pipeline: PipelineBody | null;
}

/** Today's sales of all stores, against the same weekday a week earlier at the same time of day. */
export function LiveCard({ resource, pipeline }: LiveCardProps) {
  const { data } = resource;
  const minute = data ? buildLiveView(data).minute : null;
  return (
    <Card
      title="Sales today"
      name="live"
      busy={data === null && resource.error === null}
      aside={minute !== null && <span class="quiet">all stores, until {formatMinute(minute)}</span>}
    >
      <WithResource
        resource={resource}
        pipeline={pipeline}
        skeleton={
          <>
            <Skeleton shape="number" />
            <Skeleton shape="chart" />
          </>
        }
      >
        {(live) => <LiveContent live={live} />}
      </WithResource>
    </Card>
  );
}

function LiveContent({ live }: { readonly live: SalesLiveBody }) {
  const view = buildLiveView(live);
  const summary = describeLive(live, view);
  const before = live.comparison ? formatDay(live.comparison.date) : null;
  return (
    <>
      <LiveFigures live={live} view={view} />
      <Announcement text={summary} />
      {view.largest === 0 ? (
        <Notice tone="empty" title="The day has just begun">
          <p>The first sales appear here with the next five minutes.</p>
        </Notice>
      ) : (
        <figure>
          <LiveChart view={view} summary={summary} beforeLabel={before} />
          <Legend
            entries={[
              { mark: 'key-today', label: `Today, ${formatDay(live.business_date)}` },
              ...(before ? [{ mark: 'key-before', label: `Last week, ${before}` }] : []),
            ]}
          />
        </figure>
      )}
    </>
  );
}
