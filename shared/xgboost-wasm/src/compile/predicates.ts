import { XgboostWasmError } from '../errors.ts';
import { MAX_CATEGORY_BITS } from '../loader/limits.ts';
import { DistinctFloats } from './distinct-floats.ts';
import type { FlatTree } from './flat-tree.ts';

/**
 * A column of the input that some tree splits on. All trees ask one of finitely many yes/no questions ("is x >= cut
 * k?", "is x in set k?"): the predicates. They are numbered over the whole model, by feature, then by the direction
 * of a missing value, then by cut.
 */
export interface UsedFeature extends FeatureCuts {
  /** Number of the first predicate of this feature; default-left ones first, then default-right. */
  readonly firstPredicate: number;
}

/** The questions about a column. */
export interface FeatureCuts {
  readonly column: number;
  /** Distinct thresholds, ascending; none is NaN. */
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
  readonly column: number;
  readonly thresholds: DistinctFloats;
  cuts: Float32Array;
  readonly sets: CategorySet[];
  readonly setIndex: Map<string, number>;
  first: number;
}

/** The drafts of the columns that some tree splits on. */
class Drafts {
  readonly list: FeatureDraft[] = [];
  private readonly byColumn: (FeatureDraft | undefined)[] = [];
  private last: FeatureDraft | undefined;
  private categoryBits = 0;

  of(column: number): FeatureDraft {
    if (this.last?.column === column) return this.last;
    let draft = this.byColumn[column];
    if (draft === undefined) {
      const empty = new Float32Array(0);
      draft = {
        column,
        thresholds: new DistinctFloats(),
        cuts: empty,
        sets: [],
        setIndex: new Map(),
        first: 0,
      };
      this.byColumn[column] = draft;
      this.list.push(draft);
    }
    this.last = draft;
    return draft;
  }

  addSet(draft: FeatureDraft, categories: Int32Array, missingRight: boolean): void {
    const key = keyOf(categories, missingRight);
    if (draft.setIndex.has(key)) return;
    draft.setIndex.set(key, draft.sets.length);
    draft.sets.push({ categories, missingRight });
    this.categoryBits += (categories.at(-1) ?? 0) + 1;
    if (this.categoryBits > MAX_CATEGORY_BITS) {
      const path = 'learner.gradient_booster.model.trees';
      throw new XgboostWasmError('unsupported-model', path, 'the category sets are too large');
    }
  }
}

function keyOf(categories: Int32Array, missingRight: boolean): string {
  return `${missingRight}:${categories.join()}`;
}

/** Nothing is less than NaN, so every present value goes right: the same as with a threshold that nothing is below. */
function cutOf(threshold: number): number {
  return Number.isNaN(threshold) ? Number.NEGATIVE_INFINITY : threshold;
}

/** @returns by tree: the keys of its nodes' thresholds */
function collect(trees: readonly FlatTree[], drafts: Drafts): Int32Array[] {
  return trees.map(({ source, original, right }) => {
    const added = new Int32Array(original.length);
    const { feature, threshold, categories, defaultLeft } = source;
    const numeric = categories.size === 0;
    for (let i = 0; i < original.length; i++) {
      if ((right[i] ?? -1) < 0) continue;
      const node = original[i] ?? 0;
      const draft = drafts.of(feature[node] ?? 0);
      const set = numeric ? undefined : categories.get(node);
      if (set === undefined) added[i] = draft.thresholds.add(cutOf(threshold[node] ?? 0));
      else drafts.addSet(draft, set, defaultLeft[node] === 0);
    }
    return added;
  });
}

/** Turns keys of thresholds into predicates, in place. */
function predicatesOfTree(
  { source, original, right }: FlatTree,
  drafts: Drafts,
  ids: Int32Array,
): Int32Array {
  const { feature, categories, defaultLeft } = source;
  const numeric = categories.size === 0;
  for (let i = 0; i < ids.length; i++) {
    if ((right[i] ?? -1) < 0) {
      ids[i] = -1;
      continue;
    }
    const node = original[i] ?? 0;
    const draft = drafts.of(feature[node] ?? 0);
    const missingRight = defaultLeft[node] === 0;
    const set = numeric ? undefined : categories.get(node);
    if (set === undefined) {
      const cut = draft.thresholds.placeOf(ids[i] ?? 0);
      ids[i] = draft.first + (missingRight ? draft.cuts.length : 0) + cut;
    } else ids[i] = draft.first + 2 * draft.cuts.length + (draft.setIndex.get(keyOf(set, missingRight)) ?? 0);
  }
  return ids;
}

/** Finds the distinct predicates of all trees. */
export function collectPredicates(trees: readonly FlatTree[]): Predicates {
  const drafts = new Drafts();
  const added = collect(trees, drafts);
  const features: UsedFeature[] = [];
  let count = 0;
  for (const draft of drafts.list.sort((a, b) => a.column - b.column)) {
    draft.cuts = draft.thresholds.sort();
    draft.first = count;
    features.push({ column: draft.column, cuts: draft.cuts, firstPredicate: count, sets: draft.sets });
    count += 2 * draft.cuts.length + draft.sets.length;
  }
  const segmentOf = new Int32Array(count);
  for (const { firstPredicate: first, cuts, sets } of features) {
    segmentOf.fill(first, first, first + cuts.length);
    segmentOf.fill(first + cuts.length, first + cuts.length, first + 2 * cuts.length);
    const firstSet = first + 2 * cuts.length;
    for (let i = 0; i < sets.length; i++) segmentOf[firstSet + i] = firstSet + i;
  }
  return {
    features,
    count,
    segmentOf,
    ofNode: trees.map((tree, t) => predicatesOfTree(tree, drafts, added[t] ?? new Int32Array(0))),
  };
}
