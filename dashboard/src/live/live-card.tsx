import { useEffect, useRef, useState } from 'preact/hooks';
import type { PipelineBody } from '../../../shared/schemas/api/pipeline.ts';
import type { SalesLiveBody } from '../../../shared/schemas/api/sales-live.ts';
import type { Resource } from '../lib/api/use-resource.ts';
import { Card, Skeleton, Stat } from '../lib/cards/card.tsx';
import { Notice, WithResource } from '../lib/cards/with-resource.tsx';
import { Legend } from '../lib/charts/chart-frame.tsx';
import { formatDay, formatMinute, formatWeekday } from '../lib/format/dates.ts';
import { formatChange, formatCount, formatDifference, formatUnits, NO_VALUE } from '../lib/format/numbers.ts';
import { LiveChart } from './live-chart.tsx';
import { buildLiveView, describeLive, type LiveView, timeUntilAnnouncement, tween } from './live-view.ts';

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

interface LiveFiguresProps {
  readonly live: SalesLiveBody;
  readonly view: LiveView;
}

export function LiveFigures({ live, view }: LiveFiguresProps) {
  const { comparison } = live;
  const { change, difference, lastHour } = view;
  return (
    <div class="live-figures">
      <p class="live-total">
        <span class="caption">Units sold so far</span>
        <TickingNumber value={live.units_today} />
        {comparison && difference !== null ? (
          <span class="live-change">
            {change !== null && (
              <span class={`badge ${change >= 0 ? 'badge-up' : 'badge-down'}`}>{formatChange(change)}</span>
            )}
            <span>
              {formatDifference(difference)} against last {formatWeekday(comparison.date)} at this time
            </span>
          </span>
        ) : (
          <span class="quiet">Nothing to compare with: the same day last week is unknown.</span>
        )}
      </p>
      <dl class="stats stats-side">
        <Stat
          label="Last hour"
          value={lastHour ? formatUnits(lastHour.units) : NO_VALUE}
          note={
            lastHour && lastHour.change !== null ? `${formatChange(lastHour.change)} on last week` : undefined
          }
        />
        {comparison && (
          <>
            <Stat label="Last week at this time" value={formatUnits(comparison.units_same_time)} />
            <Stat label="Last week, all day" value={formatUnits(comparison.units_day)} />
          </>
        )}
      </dl>
    </div>
  );
}

const DURATION = 900;
const stillness = window.matchMedia('(prefers-reduced-motion: reduce)');

/** A number animated to its new value; screen readers get the value from the announcement. */
export function TickingNumber({ value }: { readonly value: number }) {
  const [shown, setShown] = useState(value);
  const latest = useRef(shown);

  useEffect(() => {
    const from = latest.current;
    const show = (next: number) => {
      latest.current = next;
      setShown(next);
    };
    if (from === value) return;
    if (stillness.matches) return show(value);
    const start = performance.now();
    let frame = requestAnimationFrame(function draw(now) {
      const progress = (now - start) / DURATION;
      show(tween(from, value, progress));
      if (progress < 1) frame = requestAnimationFrame(draw);
    });
    return () => cancelAnimationFrame(frame);
  }, [value]);

  return <span class="ticking">{formatCount(shown)}</span>;
}

/** Announces the newest text to screen readers, but not at every tick. */
export function Announcement({ text }: { readonly text: string }) {
  const [spoken, setSpoken] = useState(text);
  const spokenAt = useRef(performance.now());

  useEffect(() => {
    if (text === spoken) return;
    const wait = timeUntilAnnouncement(spokenAt.current, performance.now());
    const timer = setTimeout(() => {
      spokenAt.current = performance.now();
      setSpoken(text);
    }, wait);
    return () => clearTimeout(timer);
  }, [text, spoken]);

  return (
    <p class="visually-hidden" aria-live="polite">
      {spoken}
    </p>
  );
}
