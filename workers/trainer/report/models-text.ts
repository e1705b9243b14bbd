import Table from 'cli-table3';
import type { Decision } from '../../../shared/artifacts/decision.ts';
import type { ModelEntry } from '../../../shared/artifacts/list-models.ts';
import { MODEL } from '../../../shared/schemas/contender-names.ts';
import type { Manifest } from '../../../shared/schemas/manifest.ts';
import { decimal, percent } from '../evaluate/backtest-report/format.ts';
import { bestContender, meanOfKnown } from '../evaluate/backtest-summary.ts';
import type { ChampionChange, HoldChange } from '../publish/change-champion.ts';
import type { ListedPublication } from '../publish/list-publications.ts';
import type { PrunePlan } from '../publish/prune-models.ts';

/** All models as a text table. */
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

/** One model as text: its data, its backtest, and every decision with its reasons. */
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
    withdraw: 'replaced by a rollback',
    hold: 'held',
    release: 'released',
  } as const;
  return `${words[action]} (${by})`;
}

/** One model as JSON. */
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

/** A model's scores in its own backtest, as means over the windows. */
export interface ModelScores {
  readonly rmsle: number;
  readonly wape: number;
  readonly windows: number;
  /** Windows in which its RMSLE is lower than every baseline's. */
  readonly windows_won: number;
}

export function modelScores({ backtest }: Manifest): ModelScores {
  const { windows } = backtest;
  const mean = (metric: 'rmsle' | 'wape') =>
    meanOfKnown(windows.map(({ scores }) => scores[MODEL]?.[metric]));
  return {
    rmsle: mean('rmsle'),
    wape: mean('wape'),
    windows: windows.length,
    windows_won: windows.filter(({ scores }) => bestContender(scores) === MODEL).length,
  };
}

/** The publication in service and its predecessors, as a text table. */
export function publicationTable(entries: readonly ListedPublication[]): string {
  const table = new Table({
    head: ['publication', 'state', 'since', 'dataset', 'live from', 'model', 'forecasts from'],
    style: { head: [], border: [], compact: true },
  });
  for (const { id, state, since, manifest, model, problem } of entries) {
    const { dataset = null, forecasts = null } = manifest ?? {};
    table.push([
      id,
      problem === null ? state : `${state}, damaged: ${problem}`,
      since,
      dataset?.name ?? '-',
      dataset?.live_from ?? '-',
      model ?? '-',
      forecasts?.origin ?? '-',
    ]);
  }
  return table.toString();
}

/** One publication as JSON. */
export function publicationJson(entry: ListedPublication): Record<string, unknown> {
  const { id, state, since, model, manifest, problem } = entry;
  const { dataset = null, forecasts = null } = manifest ?? {};
  return {
    ...{ id, state, since, model, problem },
    dataset: dataset && { name: dataset.name, live_from: dataset.live_from, last_date: dataset.last_date },
    forecasts_origin: forecasts?.origin ?? null,
  };
}

const HELD = 'no training run replaces it until `npm run models -- release`';

/** The result of a change by hand, as text. */
export function changeText({ champion, from, publication, fromPublication }: ChampionChange): string {
  const { version, hold } = champion;
  const held = hold ? `; it is held (${hold.reason}): ${HELD}` : '';
  if (publication === fromPublication) return `${version} is already in service${held}`;
  if (from === version) {
    return `${version} stays in service, now in publication ${publication} in place of ${fromPublication}${held}`;
  }
  const place = from === null ? '' : `, in place of ${from}`;
  return `${version} is in service${place}${held}`;
}

/** The result of a change by hand, as JSON. */
export function changeJson({ champion, from, publication }: ChampionChange): Record<string, unknown> {
  const { version, previous, hold } = champion;
  return { champion: version, from, previous, publication, ...(hold && { hold }) };
}

/** The effect of a hold or its release, as text. */
export function holdText({ champion, before }: HoldChange): string {
  const { version, hold } = champion;
  if (hold) return `${version} is held (${hold.reason}): ${HELD}`;
  return before ? `${version} is released: training runs may replace it` : `${version} is not held`;
}

/** The effect of a hold or its release, as JSON. */
export function holdJson({ champion, before }: HoldChange): Record<string, unknown> {
  return { champion: champion.version, hold: champion.hold ?? null, hold_before: before };
}

/** The result or plan of pruning, as text: what is removed, and what is kept and why. */
export function pruneText(
  { champion, kept, forecasts, contents }: PrunePlan,
  removed: readonly string[],
  isDryRun: true | undefined,
): string {
  const done = isDryRun ? 'would be removed' : 'removed';
  const models = removed.length === 1 ? 'model' : 'models';
  return [
    ...(champion === null ? ['nothing is in service: no model is removed'] : []),
    ...kept.map(({ version, reason }) => `kept ${version}: ${reason}`),
    ...removed.map((version) => `${done}: ${version}`),
    `${removed.length} ${models}, ${forecasts.length} batch forecasts and ${contents.length} other objects ${done}, ${kept.length} models kept`,
  ].join('\n');
}

/** The result or plan of pruning, as JSON. */
export function pruneJson(
  { champion, kept, forecasts, contents }: PrunePlan,
  removed: readonly string[],
): Record<string, unknown> {
  return { champion, kept, removed, forecasts, contents };
}
