import { at } from '../../../shared/at.ts';
import type { TrainingRows } from './training-set/training-rows.ts';
import { XgboostError } from './xgboost/xgboost.ts';

/**
 * Moves every threshold of a model to the middle of the gap between the training values on its two sides: the training
 * rows keep their leaves, and a value that lies in the gap goes to the nearer side. XGBoost's histograms put a threshold
 * on the first value above the gap, so that of the days without a sale and those with at least 95 units, a day of 94
 * counted among those without. See design/12-thresholds.md.
 *
 * @param model a UBJSON document of trees without categorical splits
 * @param rows those that the model was fitted on
 * @returns the same document with other thresholds
 */
export function centreThresholds(
  model: Uint8Array,
  rows: Pick<TrainingRows, 'features' | 'columns' | 'count'>,
): Uint8Array {
  const document = Buffer.from(model);
  const trees = treesOf(document);
  const centres = centresOf(thresholdsByColumn(trees), rows);
  for (const tree of trees) {
    forEachSplit(tree, (column, threshold, offset) => {
      const centre = centres.get(column)?.get(threshold);
      if (centre !== undefined) document.writeFloatBE(centre, offset);
    });
  }
  return document;
}

/** The arrays of one tree in a document, by node. */
interface Tree {
  readonly document: Buffer;
  readonly nodes: number;
  /** Offsets of the arrays of 4-byte numbers. */
  readonly leftChildren: number;
  readonly thresholds: number;
  readonly columns: number;
}

function treesOf(document: Buffer): Tree[] {
  const trees: Tree[] = [];
  // Keys are in the order of their names, and each tree has each of them once.
  for (let from = 0; ; ) {
    const left = findArray(document, 'left_children', 'l', from);
    if (!left) return trees;
    const thresholds = findArray(document, 'split_conditions', 'd', left.start);
    const columns = thresholds && findArray(document, 'split_indices', 'l', thresholds.start);
    if (!columns || thresholds.length !== left.length || columns.length !== left.length) {
      throw new XgboostError('reading the trees of the model', 'a tree lacks its thresholds');
    }
    trees.push({
      ...{ document, nodes: left.length },
      ...{ leftChildren: left.start, thresholds: thresholds.start, columns: columns.start },
    });
    from = columns.start;
  }
}

/** The next array with a name in a UBJSON document: `[$TYPE#L`, its length in 8 bytes, and its values. */
function findArray(
  document: Buffer,
  name: string,
  type: 'l' | 'd',
  from: number,
): { readonly start: number; readonly length: number } | null {
  const found = document.indexOf(name, from);
  if (found < 0) return null;
  const header = found + name.length;
  const opening = document.toString('latin1', header, header + 5);
  if (opening !== `[$${type}#L`) {
    throw new XgboostError(
      'reading the trees of the model',
      `${name} begins with ${JSON.stringify(opening)}`,
    );
  }
  return { start: header + 13, length: Number(document.readBigInt64BE(header + 5)) };
}

function forEachSplit(
  { document, nodes, leftChildren, thresholds, columns }: Tree,
  visit: (column: number, threshold: number, offset: number) => void,
): void {
  for (let byte = 0; byte < 4 * nodes; byte += 4) {
    if (document.readInt32BE(leftChildren + byte) < 0) continue;
    const offset = thresholds + byte;
    visit(document.readInt32BE(columns + byte), document.readFloatBE(offset), offset);
  }
}

function thresholdsByColumn(trees: readonly Tree[]): Map<number, Set<number>> {
  const thresholds = new Map<number, Set<number>>();
  for (const tree of trees) {
    forEachSplit(tree, (column, threshold) => {
      const known = thresholds.get(column);
      if (known) known.add(threshold);
      else thresholds.set(column, new Set([threshold]));
    });
  }
  return thresholds;
}

/** The thresholds of one column in their order, and the training values between them. */
interface Gaps {
  readonly thresholds: Float32Array;
  /** Of the values from the threshold i - 1 to below the threshold i; infinite where there is none. */
  readonly least: Float32Array;
  readonly greatest: Float32Array;
}

/** Rows that are read column by column before the next: as many as the processor's cache holds. */
const BLOCK_ROWS = 512;

/** The middle of the gap around each threshold, by column and threshold. */
function centresOf(
  thresholds: ReadonlyMap<number, ReadonlySet<number>>,
  rows: Pick<TrainingRows, 'features' | 'columns' | 'count'>,
): Map<number, Map<number, number>> {
  const byColumn = [...thresholds].map(([column, ofColumn]) => ({ column, gaps: openGaps(ofColumn) }));
  for (let from = 0; from < rows.count; from += BLOCK_ROWS) {
    const to = Math.min(rows.count, from + BLOCK_ROWS);
    for (const { column, gaps } of byColumn) addValues(gaps, column, rows, from, to);
  }
  return new Map(byColumn.map(({ column, gaps }) => [column, centresOfGaps(gaps)]));
}

function openGaps(thresholds: ReadonlySet<number>): Gaps {
  const size = thresholds.size + 1;
  return {
    thresholds: Float32Array.from(thresholds).sort(),
    least: new Float32Array(size).fill(Number.POSITIVE_INFINITY),
    greatest: new Float32Array(size).fill(Number.NEGATIVE_INFINITY),
  };
}

function addValues(
  { thresholds, least, greatest }: Gaps,
  column: number,
  { features, columns }: Pick<TrainingRows, 'features' | 'columns'>,
  from: number,
  to: number,
): void {
  // Rows of one series and origin follow each other, and most of their values are the same.
  let before = Number.NaN;
  for (let row = from; row < to; row++) {
    const value = features[row * columns + column] as number;
    if (value === before || Number.isNaN(value)) continue;
    before = value;
    const i = countUpTo(thresholds, value);
    if (value < (least[i] as number)) least[i] = value;
    if (value > (greatest[i] as number)) greatest[i] = value;
  }
}

function centresOfGaps({ thresholds, least, greatest }: Gaps): Map<number, number> {
  const n = thresholds.length;
  for (let i = 1; i < n; i++) {
    greatest[i] = Math.max(at(greatest, i), at(greatest, i - 1));
    least[n - i] = Math.min(at(least, n - i), at(least, n - i + 1));
  }
  return new Map(
    [...thresholds].map((threshold, i) => [
      threshold,
      centreOf(at(greatest, i), threshold, at(least, i + 1)),
    ]),
  );
}

/** The threshold itself where no row lies on one side, or no number in between. */
function centreOf(below: number, threshold: number, above: number): number {
  const centre = Math.fround(below / 2 + above / 2);
  return Number.isFinite(centre) && centre > below ? centre : threshold;
}

/** How many of the sorted thresholds are not above a value. */
function countUpTo(sorted: Float32Array, value: number): number {
  let low = 0;
  let high = sorted.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (value < (sorted[middle] as number)) high = middle;
    else low = middle + 1;
  }
  return low;
}
