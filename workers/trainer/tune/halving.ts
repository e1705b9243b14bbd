/** One round of successive halving: so many windows have been forecast by whoever is still in the race. */
export interface Rung {
  /** Windows, counted from the newest, on which candidates are measured when the rung is done. */
  readonly windows: number;
  /** Candidates that enter it. */
  readonly candidates: number;
}

/** Of the candidates, one in so many goes on. */
const FACTOR = 3;
/** On fewer windows nobody is dropped. */
const FEWEST_WINDOWS = 2;

/**
 * Successive halving (Jamieson & Talwalkar 2016) over windows: every candidate is measured on few windows, the best third
 * of them on more, and so on, so that most fits are spent on those that are worth it. The candidate 0, the parameters as
 * they are, is never dropped: all are compared with it.
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
 * Who goes on: the candidates with the least errors, candidate 0 always among them. Equal errors are in the order of the
 * candidates.
 *
 * @param errors mean error of each candidate that is still in the race
 */
export function selectBest(errors: ReadonlyMap<number, number>, count: number): number[] {
  const ranked = [...errors].sort(([a, left], [b, right]) => left - right || a - b).map(([id]) => id);
  const chosen = ranked.slice(0, count);
  if (errors.has(0) && !chosen.includes(0)) chosen[chosen.length - 1] = 0;
  return chosen.sort((a, b) => a - b);
}
