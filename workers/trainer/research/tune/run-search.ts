import type { IsoDate } from '../../../../shared/calendar/day-number.ts';
import { meanOf } from '../../data/averages.ts';
import type { SearchState, Trial } from './search-state.ts';

/** One round of successive halving: the windows that the remaining candidates have forecast. */
export interface Rung {
  /** Number of windows, from the newest, on which candidates are measured at the end of the rung. */
  readonly windows: number;
  /** Candidates that enter it. */
  readonly candidates: number;
}

/** One in this many candidates goes on. */
const FACTOR = 3;
/** On fewer windows no candidate is dropped. */
const FEWEST_WINDOWS = 2;

/**
 * Successive halving (Jamieson & Talwalkar 2016) over windows: every candidate is measured on few windows, the best
 * third of them on more, and so on, so that most fits are spent on promising ones. Candidate 0, the current
 * parameters, is never dropped: all others are compared with it.
 *
 * @param windows of the last rung
 */
export function planRungs(candidates: number, windows: number): Rung[] {
  const rungs: Rung[] = [];
  let left = candidates;
  for (let used = Math.min(FEWEST_WINDOWS, windows); ; used = Math.min(2 * used, windows)) {
    rungs.push({ windows: used, candidates: left });
    if (used === windows) return rungs;
    left = Math.min(left, Math.max(2, Math.ceil(left / FACTOR)));
  }
}

/**
 * The candidates that go on: those with the least errors, and always candidate 0. Equal errors are in the order of
 * the candidates.
 *
 * @param errors mean error of each remaining candidate
 */
export function selectBest(errors: ReadonlyMap<number, number>, count: number): number[] {
  const ranked = [...errors].sort(([a, left], [b, right]) => left - right || a - b).map(([id]) => id);
  const chosen = ranked.slice(0, count);
  if (errors.has(0) && !chosen.includes(0)) chosen[chosen.length - 1] = 0;
  return chosen.sort((a, b) => a - b);
}

/** Measures one candidate on one window. */
export type MeasureCandidate = (candidate: number, window: IsoDate) => Promise<Pick<Trial, 'rmsle' | 'wape'>>;

export interface SearchEnd {
  readonly state: SearchState;
  /** The candidates that were measured on all windows of the search, in their order. */
  readonly finalists: readonly number[];
  /** The finalist with the least mean RMSLE; 0 where nothing is better than the current parameters. */
  readonly best: number;
}

/**
 * Runs a search to its end, or resumes an interrupted one: trials in the state are not run again, so the result is
 * the same. Finally the best candidate and candidate 0 forecast the windows that were held out.
 *
 * @param save is awaited after each trial with all trials so far
 */
export async function runSearch(
  state: SearchState,
  measure: MeasureCandidate,
  save: (state: SearchState) => Promise<void>,
  onProgress: (done: number, total: number) => void,
): Promise<SearchEnd> {
  const { candidates, windows, holdout } = state.identity;
  const rungs = planRungs(candidates.length, windows.length);
  const total = countTrials(rungs) + 2 * holdout.length;
  const trials = [...state.trials];
  const known = new Map(trials.map((trial) => [keyOf(trial.candidate, trial.window), trial]));
  let done = 0;
  const measureAll = async (racing: readonly number[], on: readonly IsoDate[]) => {
    for (const window of on) {
      for (const candidate of racing) {
        if (!known.has(keyOf(candidate, window))) {
          const trial = { candidate, window, ...(await measure(candidate, window)) };
          trials.push(trial);
          known.set(keyOf(candidate, window), trial);
          await save({ ...state, trials: [...trials] });
        }
        onProgress(++done, total);
      }
    }
  };

  let racing: readonly number[] = candidates.map((_, id) => id);
  let measured = 0;
  for (const rung of rungs) {
    if (measured > 0) {
      racing = selectBest(meanErrors(racing, windows.slice(0, measured), known), rung.candidates);
    }
    await measureAll(racing, windows.slice(measured, rung.windows));
    measured = rung.windows;
  }
  const errors = [...meanErrors(racing, windows, known)];
  const [best] = errors.reduce((left, right) => (right[1] < left[1] ? right : left));
  if (best !== 0) await measureAll([0, best], holdout);
  onProgress(total, total);
  return { state: { ...state, trials }, finalists: racing, best };
}

function keyOf(candidate: number, window: IsoDate): string {
  return `${candidate} ${window}`;
}

function countTrials(rungs: ReturnType<typeof planRungs>): number {
  return rungs.reduce(
    (sum, { windows, candidates }, r) => sum + candidates * (windows - (rungs[r - 1]?.windows ?? 0)),
    0,
  );
}

/** Mean RMSLE of each candidate on the windows. */
function meanErrors(
  candidates: readonly number[],
  windows: readonly IsoDate[],
  known: ReadonlyMap<string, Trial>,
): Map<number, number> {
  return new Map(
    candidates.map((id) => {
      const errors = windows.map((window) => known.get(keyOf(id, window))?.rmsle ?? Number.NaN);
      return [id, meanOf(errors)];
    }),
  );
}
