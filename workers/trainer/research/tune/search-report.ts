import { at } from '../../../../shared/at.ts';
import { type ModelParameters, PARAMETER_NAMES } from '../../model/parameters.ts';
import {
  type PairedScores,
  pairedJson,
  pairedTable,
  pairScores,
  type WindowScores,
} from '../compare-contenders.ts';
import type { SearchEnd } from './run-search.ts';
import type { SearchState } from './search-state.ts';

/** The result of a search, as text and as JSON. */
export interface SearchReport {
  readonly finalists: readonly PairedScores[];
  /** The best candidate on the windows held out; null where nothing is better, or nothing was held out. */
  readonly heldOut: PairedScores | null;
  /** The best candidate's parameters; null where the current ones are the best. */
  readonly parameters: ModelParameters | null;
  readonly text: string;
  readonly json: Record<string, unknown>;
}

/**
 * @param paramsPath where the best parameters are written to
 */
export function reportSearch({ state, finalists, best }: SearchEnd, paramsPath: string): SearchReport {
  const { candidates, windows, holdout } = state.identity;
  const current = at(candidates, 0);
  const searched = scoresOn(state, windows, finalists);
  const paired = finalists
    .filter((id) => id !== 0)
    .map((id) => pairScores(searched, nameOf(0), nameOf(id)))
    .sort((left, right) => left.rmsle - right.rmsle);
  const isNew = best !== 0;
  const heldOut =
    isNew && holdout.length > 0
      ? pairScores(scoresOn(state, holdout, [0, best]), nameOf(0), nameOf(best))
      : null;
  const parameters = isNew ? at(candidates, best) : null;
  const means = pairScores(searched, nameOf(0), nameOf(0));
  const changes = finalists
    .filter((id) => id !== 0)
    .map((id) => `${nameOf(id)}: ${changeText(current, at(candidates, id))}`);
  return {
    finalists: paired,
    heldOut,
    parameters,
    text: [
      pairedTable(means, paired, windows.length),
      ...changes,
      verdict(best, heldOut, holdout.length, paramsPath),
    ].join('\n'),
    json: {
      windows,
      holdout,
      candidates: candidates.length,
      trials: state.trials.length,
      current,
      best: parameters,
      finalists: pairedJson(paired),
      held_out: heldOut ? pairedJson([heldOut])[0] : null,
    },
  };
}

function nameOf(id: number): string {
  return id === 0 ? 'current' : `candidate ${id}`;
}

function scoresOn(state: SearchState, windows: readonly string[], ids: readonly number[]): WindowScores[] {
  return windows.map((origin) => ({
    origin,
    scores: Object.fromEntries(
      state.trials
        .filter(({ window, candidate }) => window === origin && ids.includes(candidate))
        .map(({ candidate, rmsle, wape }) => [nameOf(candidate), { rmsle, wape }]),
    ),
  }));
}

/** What a candidate changes, `max_depth 6 -> 8`. */
function changeText(current: ModelParameters, candidate: ModelParameters): string {
  const changed = PARAMETER_NAMES.filter((name) => current[name] !== candidate[name]);
  return changed.map((name) => `${name} ${current[name]} -> ${candidate[name]}`).join(', ');
}

function verdict(best: number, heldOut: PairedScores | null, holdout: number, paramsPath: string): string {
  if (best === 0) return 'Nothing is better than the current parameters on the windows searched.';
  const use = `npm run train -- --params ${paramsPath}`;
  if (!heldOut) return `Best: ${nameOf(best)}; no windows were held out to confirm it. Use it: ${use}`;
  const on = `${heldOut.windowsWon} of the ${holdout} newer windows that were held out`;
  if (heldOut.rmsleDifference < 0 && 2 * heldOut.windowsWon > holdout) {
    return `Best: ${nameOf(best)}, better in the mean and on ${on}. Use it: ${use}`;
  }
  return (
    `Best on the windows searched: ${nameOf(best)}, but it is not confirmed: better on ${on}, ` +
    `mean difference ${heldOut.rmsleDifference.toFixed(4)}. Keep the current parameters; to try it anyway: ${use}`
  );
}
