/** What takes the place of a share of zero, whose logarithm there is not. */
const EMPTY_SHARE = 0.0001;

/**
 * Population stability index: the sum over bins of (r - c) ln(r / c), with shares r of the reference and c of what is
 * compared with it; 0 for equal distributions. Empty bins count as 0.0001.
 */
export function populationStabilityIndex(reference: readonly number[], current: readonly number[]): number {
  return reference.reduce((sum, share, bin) => {
    const r = Math.max(share, EMPTY_SHARE);
    const c = Math.max(current[bin] ?? 0, EMPTY_SHARE);
    return sum + (r - c) * Math.log(r / c);
  }, 0);
}

/**
 * Edges between bins that hold about equally many of the values; fewer than asked for where many values are alike.
 * Bin i holds what lies above edge i - 1 and not above edge i.
 *
 * @param values in any order
 */
export function quantileEdges(values: Float64Array, bins: number): number[] {
  const sorted = values.slice().sort();
  const edges: number[] = [];
  for (let bin = 1; bin < bins; bin++) {
    const edge = sorted[Math.floor((bin * sorted.length) / bins)];
    if (edge !== undefined && edge !== edges.at(-1)) edges.push(edge);
  }
  return edges;
}

/** The share of the values in each bin; all zero where there are none. */
export function sharesOf(values: Float64Array, edges: readonly number[]): number[] {
  const counts = new Array<number>(edges.length + 1).fill(0);
  for (const value of values) {
    let bin = 0;
    while (bin < edges.length && value > (edges[bin] as number)) bin++;
    counts[bin] = (counts[bin] ?? 0) + 1;
  }
  return counts.map((count) => (values.length === 0 ? 0 : count / values.length));
}
