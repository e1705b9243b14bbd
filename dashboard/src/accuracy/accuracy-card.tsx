import { useId, useState } from 'preact/hooks';
import type { ChampionBody } from '../../../shared/schemas/api/champion.ts';
import type { PipelineBody } from '../../../shared/schemas/api/pipeline.ts';
import type { Resource } from '../lib/api/use-resource.ts';
import { Card, Skeleton, Stat } from '../lib/cards/card.tsx';
import { Notice, WithResource } from '../lib/cards/with-resource.tsx';
import { formatLongDate } from '../lib/format/dates.ts';
import { formatCount, formatPercent, NO_VALUE } from '../lib/format/numbers.ts';
import {
  type AccuracyView,
  buildAccuracyView,
  contenderName,
  formatError,
  METRIC_LABELS,
  METRIC_NAMES,
  type Metric,
} from './accuracy-view.ts';
import { WindowTable } from './window-table.tsx';

interface AccuracyCardProps {
  readonly resource: Resource<ChampionBody>;
  readonly pipeline: PipelineBody | null;
}

/** The backtest of the model in service, window by window, against the baselines. */
export function AccuracyCard({ resource, pipeline }: AccuracyCardProps) {
  const [metric, setMetric] = useState<Metric>('rmsle');
  const { data, error } = resource;
  return (
    <Card
      title="Accuracy in backtest"
      name="accuracy"
      busy={data === null && error === null}
      aside={data && <MetricChoice value={metric} onChange={setMetric} />}
    >
      <WithResource
        resource={resource}
        pipeline={pipeline}
        skeleton={
          <>
            <Skeleton shape="line" />
            <Skeleton shape="rows" />
          </>
        }
      >
        {(champion) => <AccuracyContent champion={champion} metric={metric} />}
      </WithResource>
    </Card>
  );
}

function AccuracyContent({ champion, metric }: { readonly champion: ChampionBody; readonly metric: Metric }) {
  const view = buildAccuracyView(champion.backtest, metric);
  if (view.rows.length === 0) {
    return (
      <Notice tone="empty" title="No backtest">
        <p>The model in service was published without one.</p>
      </Notice>
    );
  }
  return (
    <>
      {champion.degraded && (
        <p class="stale-notice" role="status">
          Serving a previous model: {champion.degraded.reason}
        </p>
      )}
      <AccuracyStats view={view} metric={metric} />
      <WindowTable view={view} metric={metric} />
      <p class="quiet">
        Trained through {formatLongDate(champion.trained_through)}{' '}
        {champion.trees_from === undefined
          ? `on ${formatCount(champion.training_rows)} rows with ${formatCount(champion.feature_count)} features`
          : `by exponential smoothing, until the sales of ${formatLongDate(champion.trees_from)} are known`}
        . Each window is forecast by a model that was trained on the days before it.
      </p>
    </>
  );
}

function AccuracyStats({ view, metric }: { readonly view: AccuracyView; readonly metric: Metric }) {
  const bestBaseline = view.baselines[0];
  const windows = view.rows.length;
  return (
    <dl class="stats">
      <Stat label={METRIC_LABELS[metric]} note="all windows" value={formatError(view.pooled.model, metric)} />
      <Stat
        label="Error reduction"
        value={view.gain === null ? NO_VALUE : formatPercent(view.gain)}
        tone={view.gain === null ? 'plain' : view.gain > 0 ? 'good' : 'bad'}
        note={bestBaseline && `against ${contenderName(bestBaseline).toLowerCase()}`}
      />
      <Stat
        label="Windows won"
        value={`${formatCount(view.won)} of ${formatCount(windows)}`}
        note="against every baseline"
      />
      <Stat
        label="80% coverage"
        value={formatPercent(view.coverage)}
        tone={view.coverage !== null && Math.abs(view.coverage - 0.8) > 0.05 ? 'warn' : 'plain'}
        note="days inside the 80% interval"
      />
    </dl>
  );
}

const MEANINGS: Readonly<Record<Metric, string>> = {
  rmsle: 'Root mean squared logarithmic error: every series counts by its relative error',
  wape: 'Weighted absolute percentage error: every unit counts the same',
};

interface MetricChoiceProps {
  readonly value: Metric;
  readonly onChange: (metric: Metric) => void;
}

export function MetricChoice({ value, onChange }: MetricChoiceProps) {
  const group = useId();
  return (
    <fieldset class="choice">
      <legend class="visually-hidden">Measure of error</legend>
      {(Object.keys(METRIC_NAMES) as Metric[]).map((metric) => (
        <label key={metric} title={MEANINGS[metric]}>
          <input type="radio" name={group} checked={metric === value} onChange={() => onChange(metric)} />
          <span>{METRIC_NAMES[metric]}</span>
        </label>
      ))}
    </fieldset>
  );
}
