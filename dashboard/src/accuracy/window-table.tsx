import { MODEL } from '../../../shared/schemas/contender-names.ts';
import { formatDate } from '../lib/format/dates.ts';
import { formatPercent } from '../lib/format/numbers.ts';
import {
  type AccuracyRow,
  type AccuracyView,
  contenderName,
  formatError,
  METRIC_NAMES,
  type Metric,
} from './accuracy-view.ts';

interface WindowTableProps {
  readonly view: AccuracyView;
  readonly metric: Metric;
}

/** One row per window: every contender's error, as a number and as a dot on a line, and the interval's coverage. */
export function WindowTable({ view, metric }: WindowTableProps) {
  const contenders = [MODEL, ...view.baselines];
  return (
    <div class="table-scroll">
      <table class="window-table">
        <caption class="visually-hidden">{METRIC_NAMES[metric]} by backtest window, lower is better</caption>
        <thead>
          <tr>
            <th scope="col">Forecast after</th>
            {contenders.map((name, index) => (
              <th key={name} scope="col" class="number">
                <i class={`key key-contender-${index}`} />
                {contenderName(name)}
              </th>
            ))}
            <td class="dot-column quiet">Lower is better</td>
            <th scope="col" class="number">
              80% coverage
            </th>
          </tr>
        </thead>
        <tbody>
          {view.rows.map((row) => (
            <tr key={row.origin}>
              <th scope="row">{formatDate(row.origin)}</th>
              {contenders.map((name) => (
                <td key={name} class={`number ${isBest(row, name) ? 'best' : ''}`}>
                  {formatError(row.errors[name], metric)}
                </td>
              ))}
              <td class="dot-column" aria-hidden="true">
                <Dots row={row} contenders={contenders} largest={view.largest} />
              </td>
              <td class="number">{formatPercent(row.coverage)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

function isBest(row: AccuracyRow, contender: string): boolean {
  const error = row.errors[contender];
  return error !== undefined && Object.values(row.errors).every((other) => error <= other);
}

interface DotsProps {
  readonly row: AccuracyRow;
  readonly contenders: readonly string[];
  readonly largest: number;
}

function Dots({ row, contenders, largest }: DotsProps) {
  const shares = contenders.map((name) => {
    const error = row.errors[name];
    return error === undefined || largest === 0 ? null : error / largest;
  });
  const known = shares.filter((share) => share !== null);
  const left = Math.min(...known);
  const right = Math.max(...known);
  return (
    <div class="dots">
      <span class="dots-span" style={{ left: `${left * 100}%`, width: `${(right - left) * 100}%` }} />
      {shares
        .map((share, index) => ({ share, index }))
        // The model is drawn last, on top.
        .toReversed()
        .map(
          ({ share, index }) =>
            share !== null && (
              <i key={index} class={`key key-contender-${index}`} style={{ left: `${share * 100}%` }} />
            ),
        )}
    </div>
  );
}
