import Table from 'cli-table3';
import type { Decision } from '../../../shared/models/decision.ts';
import type { ModelEntry } from '../../../shared/models/list-models.ts';
import { decimal, percent } from '../report/format.ts';
import { modelScores } from './model-scores.ts';

/** All models as a table for people. */
export function modelTable(entries: readonly ModelEntry[]): string {
  const table = new Table({
    head: ['version', 'state', 'history to', 'RMSLE', 'WAPE', 'windows won', 'last decision'],
    colAligns: ['left', 'left', 'left', 'right', 'right', 'right', 'left'],
    style: { head: [], border: [], compact: true },
  });
  for (const entry of entries) {
    const { version, state, manifest, decisions, missing } = entry;
    const scores = manifest && modelScores(manifest);
    const decision = decisions.at(-1);
    table.push([
      version,
      entry.hold ? `${state}, held` : state,
      manifest?.training.last_day ?? '-',
      scores ? decimal(scores.rmsle, 4) : '-',
      scores ? percent(scores.wape) : '-',
      scores ? `${scores.windows_won} of ${scores.windows}` : '-',
      missing.length > 0 ? `without ${missing.join(', ')}` : decision ? decisionWord(decision) : '-',
    ]);
  }
  return table.toString();
}

/** One model for people: what it is, what its backtest says, and every decision about it with its reasons. */
export function modelText(entry: ModelEntry): string {
  const { version, state, manifest, promotedAt, hold, decisions, missing } = entry;
  const lines = [`${version}: ${state}${promotedAt === null ? '' : `, promoted at ${promotedAt}`}`];
  if (hold) lines.push(`held since ${hold.since}: ${hold.reason}`);
  if (missing.length > 0) lines.push(`missing: ${missing.join(', ')}`);
  if (manifest) {
    const { training } = manifest;
    const scores = modelScores(manifest);
    const params = Object.entries({ ...training.params, rounds: training.rounds });
    lines.push(
      `dataset ${training.dataset}, ${training.series} series, history to ${training.last_day}, ${training.rows} rows`,
      `mean RMSLE ${decimal(scores.rmsle, 4)}, WAPE ${percent(scores.wape)}, ${scores.windows_won} of ${scores.windows} windows won`,
      ...Object.entries(manifest.backtest.pooled).map(
        ([name, { rmsle, wape }]) =>
          `  ${name}: RMSLE ${decimal(rmsle, 4)}, WAPE ${percent(wape)} over all points`,
      ),
      `made with ${params.map(([name, value]) => `${name}=${value}`).join(' ')}`,
    );
  }
  for (const decision of decisions) {
    lines.push(`${decision.decided_at} ${decisionWord(decision)}`);
    lines.push(...decision.reasons.map((reason) => `  - ${reason}`));
  }
  return lines.join('\n');
}

function decisionWord({ action, by }: Decision): string {
  const words = {
    promote: 'promoted',
    refuse: 'refused',
    rollback: 'rolled back to',
    withdraw: 'left by a rollback',
    hold: 'held',
    release: 'released',
  } as const;
  return `${words[action]} (${by})`;
}

/** One model for programs. */
export function modelJson({ manifest, promotedAt, ...entry }: ModelEntry): Record<string, unknown> {
  return {
    ...entry,
    promoted_at: promotedAt,
    created_at: manifest?.created_at ?? null,
    dataset: manifest?.training.dataset ?? null,
    last_day: manifest?.training.last_day ?? null,
    scores: manifest && modelScores(manifest),
  };
}
