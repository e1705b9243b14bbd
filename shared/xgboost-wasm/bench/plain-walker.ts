import { parseDocument } from '../src/document/parse-document.ts';
import { readForest } from '../src/loader/read-forest.ts';

/** The naive loop: node by node, row by row, in TypeScript. Numeric splits, one output. */
export function plainWalker(bytes: Uint8Array): (rows: Float32Array, columns: number) => Float32Array {
  const forest = readForest(parseDocument(bytes), (x) => Math.fround(Math.log(x)));
  if (forest.booster.kind !== 'tree') throw new Error('the plain walker supports trees only');
  const { trees } = forest.booster;
  return (rows, columns) => {
    const margins = new Float32Array(rows.length / columns);
    for (let i = 0; i < margins.length; i++) {
      let sum = forest.baseMargins[0] ?? 0;
      for (const { left, right, feature, threshold, defaultLeft, leafValues } of trees) {
        let node = 0;
        let next = left[node] ?? -1;
        while (next >= 0) {
          const x = rows[i * columns + (feature[node] ?? 0)] ?? 0;
          const goesLeft = Number.isNaN(x) ? defaultLeft[node] === 1 : x < (threshold[node] ?? 0);
          node = goesLeft ? next : (right[node] ?? 0);
          next = left[node] ?? -1;
        }
        sum = Math.fround(sum + (leafValues[node] ?? 0));
      }
      margins[i] = sum;
    }
    return margins;
  };
}
