import { XgboostWasmError } from '../errors.ts';
import { MAX_CATEGORY_BITS } from '../loader/limits.ts';
import type { FlatTree } from './flat-tree.ts';

/**
 * A column of the input that some tree looks at. All trees ask one of finitely many yes/no questions
 * ("is x >= cut k?", "is x in set k?"): the predicates. They are numbered over the whole model, by feature,
 * then by the direction of a missing value, then by cut.
 */
export interface UsedFeature extends FeatureCuts {
  /** Number of the first predicate of this feature; default-left ones first, then default-right. */
  readonly firstPredicate: number;
}

/** What is asked of a column. */
export interface FeatureCuts {
  readonly column: number;
  /** Distinct thresholds, ascending. */
  readonly cuts: Float32Array;
  readonly sets: readonly CategorySet[];
}

/** "x is one of `categories`": goes right. `missingRight` says where a missing value goes. */
export interface CategorySet {
  readonly categories: Int32Array;
  readonly missingRight: boolean;
}

export interface Predicates {
  readonly features: readonly UsedFeature[];
  readonly count: number;
  /** By predicate: the first predicate of the same feature, kind and missing direction. */
  readonly segmentOf: Int32Array;
  /** By tree: predicate of each flat node, -1 for leaves. */
  readonly ofNode: readonly Int32Array[];
}

interface FeatureDraft {
  thresholds: number[];
  cuts: Float32Array;
  sets: CategorySet[];
  setIndex: Map<string, number>;
  first: number;
}

function distinctSorted(thresholds: number[]): Float32Array {
  const sorted = Float32Array.from(thresholds).sort();
  let count = 0;
  for (let i = 0; i < sorted.length; i++) {
    // -0 and 0 are the same cut: === sees them as equal.
    if (i === 0 || sorted[i] !== sorted[count - 1]) sorted[count++] = sorted[i] ?? 0;
  }
  return sorted.slice(0, count);
}

/** Index of a value that is known to be among the cuts. */
function indexOfCut(cuts: Float32Array, value: number): number {
  let low = 0;
  let high = cuts.length - 1;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((cuts[middle] ?? 0) < value) low = middle + 1;
    else high = middle;
  }
  return low;
}

function collect(trees: readonly FlatTree[]): Map<number, FeatureDraft> {
  const drafts = new Map<number, FeatureDraft>();
  let categoryBits = 0;
  for (const tree of trees) {
    const { feature, threshold, categories, defaultLeft } = tree.source;
    for (let i = 0; i < tree.original.length; i++) {
      if ((tree.right[i] ?? -1) < 0) continue;
      const node = tree.original[i] ?? 0;
      const column = feature[node] ?? 0;
      let draft = drafts.get(column);
      if (draft === undefined) {
        draft = { thresholds: [], cuts: new Float32Array(0), sets: [], setIndex: new Map(), first: 0 };
        drafts.set(column, draft);
      }
      const set = categories.get(node);
      if (set === undefined) {
        draft.thresholds.push(threshold[node] ?? 0);
        continue;
      }
      const missingRight = defaultLeft[node] === 0;
      const key = `${missingRight}:${set.join()}`;
      if (draft.setIndex.has(key)) continue;
      draft.setIndex.set(key, draft.sets.length);
      draft.sets.push({ categories: set, missingRight });
      categoryBits += (set.at(-1) ?? 0) + 1;
      if (categoryBits > MAX_CATEGORY_BITS) {
        throw new XgboostWasmError(
          'unsupported-model',
          'learner.gradient_booster.model.trees',
          'the category sets are too large',
        );
      }
    }
  }
  return drafts;
}

function predicatesOfTree(tree: FlatTree, drafts: ReadonlyMap<number, FeatureDraft>): Int32Array {
  const { feature, threshold, categories, defaultLeft } = tree.source;
  const ids = new Int32Array(tree.original.length).fill(-1);
  for (let i = 0; i < ids.length; i++) {
    if ((tree.right[i] ?? -1) < 0) continue;
    const node = tree.original[i] ?? 0;
    const draft = drafts.get(feature[node] ?? 0);
    if (draft === undefined) continue;
    const missingRight = defaultLeft[node] === 0;
    const set = categories.get(node);
    if (set === undefined) {
      const cut = indexOfCut(draft.cuts, threshold[node] ?? 0);
      ids[i] = draft.first + (missingRight ? draft.cuts.length : 0) + cut;
    } else {
      ids[i] =
        draft.first + 2 * draft.cuts.length + (draft.setIndex.get(`${missingRight}:${set.join()}`) ?? 0);
    }
  }
  return ids;
}

/** Finds the distinct predicates of all trees. */
export function collectPredicates(trees: readonly FlatTree[]): Predicates {
  const drafts = collect(trees);
  const columns = [...drafts.keys()].sort((a, b) => a - b);
  const features: UsedFeature[] = [];
  let count = 0;
  for (const column of columns) {
    const draft = drafts.get(column);
    if (draft === undefined) continue;
    draft.cuts = distinctSorted(draft.thresholds);
    draft.first = count;
    features.push({ column, cuts: draft.cuts, firstPredicate: count, sets: draft.sets });
    count += 2 * draft.cuts.length + draft.sets.length;
  }
  const segmentOf = new Int32Array(count);
  for (const { firstPredicate: first, cuts, sets } of features) {
    segmentOf.fill(first, first, first + cuts.length);
    segmentOf.fill(first + cuts.length, first + cuts.length, first + 2 * cuts.length);
    for (let i = 0; i < sets.length; i++)
      segmentOf[first + 2 * cuts.length + i] = first + 2 * cuts.length + i;
  }
  return { features, count, segmentOf, ofNode: trees.map((tree) => predicatesOfTree(tree, drafts)) };
}
