import { createHash } from 'node:crypto';
import { createEngine } from 'xgboost-wasm';
import { objectKeys } from '../../../shared/artifacts/object-keys.ts';
import type { ObjectStore } from '../../../shared/artifacts/object-store.ts';
import {
  createCategories,
  FEATURE_COUNT,
  FEATURE_FINGERPRINT,
  FEATURE_NAMES,
  HORIZON,
} from '../../../shared/features/index.ts';
import type { Catalog } from '../../../shared/schemas/catalog.ts';
import type { Manifest } from '../../../shared/schemas/manifest.ts';
import { putPublication } from '../../support/object-store/put-publication.ts';

export interface ForestShape {
  readonly trees: number;
  readonly depth: number;
}

/**
 * Publishes a model of random splits with the size and shape of a trained one: latency depends on these, not on
 * accuracy.
 */
export async function publishRandomModel(
  objects: ObjectStore,
  catalog: Catalog,
  shape: ForestShape,
): Promise<{ readonly packedBytes: number; readonly kernel: string }> {
  const engine = await createEngine();
  const model = engine.load(new TextEncoder().encode(JSON.stringify(randomForest(shape))));
  const packed = model.pack();
  const version = 'random';
  const manifest: Manifest = {
    schema_version: 1,
    version,
    created_at: '2026-01-01T00:00:00.000Z',
    feature_names: [...FEATURE_NAMES],
    feature_hash: FEATURE_FINGERPRINT,
    categories: Object.fromEntries(
      Object.entries(createCategories(catalog.stores, catalog.families)).map(([name, list]) => [
        name,
        [...list],
      ]),
    ),
    horizon: HORIZON,
    objective: model.objective,
    target: 'log1p_minus_anchor',
    conformal: {
      class_bounds: [1, 2, 3, 4, 5, 6, 7],
      p10: table(-0.4),
      p50: table(0),
      p90: table(0.4),
    },
    backtest: { windows: [], pooled: {} },
    training: {
      dataset: catalog.dataset,
      first_origin: catalog.first_date,
      last_day: catalog.live_from,
      rows: 0,
      series: catalog.series.length,
      params: {},
      rounds: shape.trees,
      libraries: {},
    },
    files: {
      'model.packed': {
        sha256: createHash('sha256').update(packed).digest('hex'),
        bytes: packed.byteLength,
      },
    },
  };
  await objects.put(objectKeys.modelFile(version, 'model.packed'), packed);
  await objects.put(objectKeys.modelFile(version, 'manifest.json'), JSON.stringify(manifest));
  await putPublication(objects, version);
  const { kernel } = model;
  model.dispose();
  return { packedBytes: packed.byteLength, kernel };
}

function table(value: number): number[][] {
  return Array.from({ length: 8 }, () => new Array<number>(HORIZON).fill(value));
}

function randomForest({ trees, depth }: ForestShape) {
  const random = sequence(1);
  return {
    version: [3, 1, 1],
    learner: {
      attributes: {},
      feature_names: [],
      feature_types: [],
      gradient_booster: {
        name: 'gbtree',
        model: {
          gbtree_model_param: { num_parallel_tree: '1', num_trees: String(trees) },
          iteration_indptr: Array.from({ length: trees + 1 }, (_, index) => index),
          tree_info: new Array<number>(trees).fill(0),
          trees: Array.from({ length: trees }, (_, id) => randomTree(id, depth, random)),
        },
      },
      learner_model_param: {
        base_score: '0E0',
        boost_from_average: '1',
        num_class: '0',
        num_feature: String(FEATURE_COUNT),
        num_target: '1',
      },
      objective: { name: 'reg:squarederror', reg_loss_param: { scale_pos_weight: '1' } },
    },
  };
}

/** A full binary tree, nodes in level order. */
function randomTree(id: number, depth: number, random: () => number) {
  const inner = 2 ** depth - 1;
  const count = 2 ** (depth + 1) - 1;
  const nodes = <T>(value: (node: number) => T) => Array.from({ length: count }, (_, node) => value(node));
  return {
    id,
    base_weights: nodes(() => 0),
    categories: [],
    categories_nodes: [],
    categories_segments: [],
    categories_sizes: [],
    default_left: nodes(() => Number(random() < 0.5)),
    left_children: nodes((node) => (node < inner ? 2 * node + 1 : -1)),
    right_children: nodes((node) => (node < inner ? 2 * node + 2 : -1)),
    parents: nodes((node) => (node > 0 ? (node - 1) >> 1 : 2_147_483_647)),
    loss_changes: nodes(() => 1),
    split_conditions: nodes((node) => Math.fround(node < inner ? random() * 20 - 3 : (random() - 0.5) / 50)),
    split_indices: nodes((node) => (node < inner ? Math.floor(random() * FEATURE_COUNT) : 0)),
    split_type: nodes(() => 0),
    sum_hessian: nodes(() => 1),
    tree_param: {
      num_deleted: '0',
      num_feature: String(FEATURE_COUNT),
      num_nodes: String(count),
      size_leaf_vector: '1',
    },
  };
}

/** Numbers in [0, 1), the same in every run (a linear congruential generator, Numerical Recipes). */
function sequence(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}
