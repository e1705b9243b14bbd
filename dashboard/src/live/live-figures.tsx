import type { SalesLiveBody } from '../../../shared/schemas/api/sales-live.ts';
import { Stat } from '../card/stat.tsx';
import { formatWeekday } from '../format/dates.ts';
import { formatChange, formatDifference, formatUnits, NO_VALUE } from '../format/numbers.ts';
import type { LiveView } from './live-view.ts';
import { TickingNumber } from './ticking-number.tsx';

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
          <span class="quiet">Nothing to compare with: the same day last week is not known.</span>
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
            <Stat label="Last week by now" value={formatUnits(comparison.units_same_time)} />
            <Stat label="Last week, all day" value={formatUnits(comparison.units_day)} />
          </>
        )}
      </dl>
    </div>
  );
}
