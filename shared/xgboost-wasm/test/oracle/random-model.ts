import { drawThresholds, drawValue } from './hostile-floats.ts';
import { Draws } from './random.ts';
import { type Column, drawTree, type TreeShape, type VectorLeaves } from './random-tree.ts';
import { type Written, writeJson, writeUbjson } from './write-document.ts';

/** A model file and rows to predict with it; both follow from the seed. */
export interface RandomModel {
  readonly bytes: Uint8Array;
  readonly featureCount: number;
  readonly groupCount: number;
  /** Row-major. */
  readonly rows: Float32Array;
  readonly rowCount: number;
  /** The margin that every output starts from by default. */
  readonly baseScore: number;
  /** n x groupCount margins to start from. */
  readonly baseMargin: Float32Array;
  /** A value that means missing in addition to NaN; NaN for none. */
  readonly missing: number;
  readonly treeCount: number;
  readonly roundCount: number;
  readonly treesPerRound: number;
  /** Whether float32 contributions can be compared with a naive sum: small, shallow trees. */
  readonly explainable: boolean;
}

/** One model in this many has more predicates than one table holds. */
const LARGE_EVERY = 125;

function drawColumns(draws: Draws, count: number, large: boolean): Column[] {
  return Array.from({ length: count }, () => {
    if (!large && draws.chance(0.12)) {
      const categories = draws.pick([3, 9, 40, 4200]);
      const thresholds = Float32Array.from({ length: 12 }, () =>
        draws.integer(-2, Math.min(categories + 3, 60)),
      );
      return { thresholds, categories };
    }
    const most = large ? 4000 : draws.pick([1, 3, 4, 5, 9, 30, 200]);
    return { thresholds: drawThresholds(draws, most), categories: 0 };
  });
}

function drawShape(draws: Draws, large: boolean): TreeShape {
  if (large) return { maxDepth: 8, splits: 1, chain: false, freshThresholds: true };
  const chain = draws.chance(0.15);
  return {
    maxDepth: chain ? draws.integer(5, 60) : draws.pick([0, 1, 2, 3, 4, 5, 6, 8, 9, 10]),
    splits: chain ? 1 : draws.pick([0.5, 0.8, 1]),
    chain,
    freshThresholds: draws.chance(0.1),
  };
}

function boosterOf(draws: Draws, model: Record<string, Written>, treeCount: number): Written {
  const weights = Float32Array.from({ length: treeCount }, () => Math.fround(0.1 + draws.share()));
  const kind = draws.share();
  if (kind < 0.8) return { name: 'gbtree', model };
  if (kind < 0.9) return { name: 'dart', gbtree: { name: 'gbtree', model }, weight_drop: weights };
  return { name: 'gbtree', model: { ...model, weight_drop: weights } };
}

/** A model with hostile thresholds, of any shape that the engine has a kernel for. */
export function drawModel(seed: number): RandomModel {
  const draws = new Draws(seed);
  const large = seed % LARGE_EVERY === LARGE_EVERY - 1;
  const featureCount = draws.integer(1, 5);
  const columns = drawColumns(draws, featureCount, large);
  const groupCount = draws.pick([1, 1, 1, 1, 2, 3]);
  const form: VectorLeaves =
    groupCount > 1 && draws.chance(0.4) ? draws.pick(['by-node', 'by-leaf']) : 'none';
  const shape = drawShape(draws, large);
  const perLayer = form === 'none' ? groupCount : 1;
  const parallel = draws.pick([1, 1, 2]);
  const treesPerRound = perLayer * parallel;
  const roundCount = Math.ceil((large ? draws.pick([70, 220]) : draws.integer(1, 12)) / treesPerRound);
  const treeCount = roundCount * treesPerRound;
  const trees = Array.from({ length: treeCount }, () => drawTree(draws, shape, columns, groupCount, form));
  const baseScore = draws.pick([0, -0, 0.5, Math.fround(0.1), -3]);
  const score = Object.is(baseScore, -0) ? '-0E0' : String(baseScore);
  const document: Written = {
    version: [3, 4, 1],
    learner: {
      learner_model_param: {
        base_score: score,
        num_class: '0',
        num_feature: String(featureCount),
        num_target: String(groupCount),
      },
      objective: { name: 'reg:squarederror' },
      gradient_booster: boosterOf(
        draws,
        {
          gbtree_model_param: { num_trees: String(treeCount), num_parallel_tree: String(parallel) },
          tree_info: trees.map((_, i) => (form === 'none' ? Math.floor((i % treesPerRound) / parallel) : 0)),
          trees,
        },
        treeCount,
      ),
    },
  };
  // Fewer rows than a block, one block, and several.
  const rowCount = large ? 60 : draws.pick([1, 5, 45, 64, 300]);
  const column = (i: number): Float32Array => columns[i % featureCount]?.thresholds ?? new Float32Array(1);
  const rows = Float32Array.from({ length: rowCount * featureCount }, (_, i) => drawValue(draws, column(i)));
  return {
    bytes: draws.chance(0.5) ? writeUbjson(document) : new TextEncoder().encode(writeJson(document)),
    featureCount,
    groupCount,
    rows,
    rowCount,
    baseScore,
    baseMargin: Float32Array.from({ length: rowCount * groupCount }, () =>
      draws.pick([0, -0, draws.ordinary()]),
    ),
    missing: draws.chance(0.3) ? drawValue(draws, column(0)) : Number.NaN,
    treeCount,
    roundCount,
    treesPerRound,
    explainable: !large && !shape.chain && shape.maxDepth <= 6,
  };
}
