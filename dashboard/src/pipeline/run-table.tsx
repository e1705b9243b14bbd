import { formatInstant } from '../format/dates.ts';
import { formatCount } from '../format/numbers.ts';
import type { ProcessRun } from './pipeline-view.ts';

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
            <th scope="col">Tick</th>
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

/** `entries 1, transactions 50`: what a run counted, without what it counted none of. */
function writeCounts(counts: Readonly<Record<string, number>>): string {
  return Object.entries(counts)
    .filter(([, count]) => count !== 0)
    .map(([name, count]) => `${name.replaceAll('_', ' ')}\u00a0${formatCount(count)}`)
    .join(', ');
}
