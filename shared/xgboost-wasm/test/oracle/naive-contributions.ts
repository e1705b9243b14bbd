import type { PlainTree, ReferenceWalker } from './reference-walker.ts';

/**
 * The expected output of a tree if only the columns of `known` (a bit set) are known: weighted by cover at other
 * splits.
 */
function expectation(
  walker: ReferenceWalker,
  tree: PlainTree,
  row: Float32Array,
  known: number,
  k: number,
): number {
  const visit = (node: number): number => {
    const left = tree.left[node] ?? -1;
    if (left < 0) return tree.leafValue(node, k);
    const right = tree.right[node] ?? 0;
    if (known & (1 << (tree.feature[node] ?? 0)))
      return visit(walker.goesLeft(tree, node, row) ? left : right);
    const whole = tree.cover[node] ?? 0;
    return (visit(left) * (tree.cover[left] ?? 0) + visit(right) * (tree.cover[right] ?? 0)) / whole;
  };
  return visit(0);
}

function factorial(n: number): number {
  return n < 2 ? 1 : n * factorial(n - 1);
}

function bitCount(set: number): number {
  return set === 0 ? 0 : (set & 1) + bitCount(set >>> 1);
}

/**
 * Shapley values by their definition, over every set of columns: groupCount x (featureCount + 1), the bias last, in
 * double precision. Covers must add up. Exponential in the number of columns.
 */
export function naiveContributions(
  walker: ReferenceWalker,
  row: Float32Array,
  base: Float32Array,
): Float64Array {
  const features = row.length;
  const stride = features + 1;
  const result = new Float64Array(walker.groupCount * stride);
  base.forEach((margin, group) => {
    result[group * stride + features] = margin;
  });
  const weights = Array.from(
    { length: features },
    (_, size) => (factorial(size) * factorial(features - size - 1)) / factorial(features),
  );
  for (const tree of walker.trees) {
    for (let k = 0; k < tree.width; k++) {
      const at = (tree.group + k) * stride;
      const values = Array.from({ length: 1 << features }, (_, known) =>
        expectation(walker, tree, row, known, k),
      );
      result[at + features] = (result[at + features] ?? 0) + (values[0] ?? 0);
      for (let f = 0; f < features; f++) {
        for (let set = 0; set < values.length; set++) {
          if (set & (1 << f)) continue;
          const gain = (values[set | (1 << f)] ?? 0) - (values[set] ?? 0);
          result[at + f] = (result[at + f] ?? 0) + gain * (weights[bitCount(set)] ?? 0);
        }
      }
    }
  }
  return result;
}
