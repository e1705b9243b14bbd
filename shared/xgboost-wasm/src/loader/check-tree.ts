import type { Field } from '../document/field.ts';
import type { Tree } from '../forest/forest.ts';

/**
 * Checks every node that a row can reach: children inside the arrays, no node reached twice (so no cycle), a known
 * feature. A threshold may have any value: see compile/predicates.ts for NaN.
 *
 * @throws XgboostWasmError `invalid-model` with the path of the array and the node
 */
export function checkTree(field: Field, tree: Tree, featureCount: number): void {
  const { left, right, feature } = tree;
  const nodeCount = left.length;
  const seen = new Uint8Array(nodeCount);
  const stack = new Int32Array(nodeCount + 1);
  let pending = 1;
  while (pending > 0) {
    const node = stack[--pending] ?? 0;
    if (seen[node] === 1) throw field.get('left_children').fail(`node ${node} has two parents`);
    seen[node] = 1;
    const l = left[node] ?? -1;
    if (l < 0) continue;
    const r = right[node] ?? -1;
    if (l >= nodeCount) throw field.get('left_children').fail(`node ${node} points outside the tree: ${l}`);
    if (r < 0 || r >= nodeCount)
      throw field.get('right_children').fail(`node ${node} points outside the tree: ${r}`);
    const f = feature[node] ?? -1;
    if (f < 0 || f >= featureCount) {
      throw field.get('split_indices').fail(`node ${node} splits on feature ${f} of ${featureCount}`);
    }
    stack[pending++] = r;
    stack[pending++] = l;
  }
}
