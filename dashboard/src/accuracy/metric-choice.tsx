import { useId } from 'preact/hooks';
import type { Metric } from './accuracy-view.ts';
import { METRIC_NAMES } from './metric-names.ts';

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
