import { createHash } from 'node:crypto';
import { objectKeys } from '../../../shared/artifacts/object-keys.ts';
import {
  FEATURE_COUNT,
  FEATURE_FINGERPRINT,
  FEATURE_NAMES,
  HORIZON,
} from '../../../shared/features/index.ts';
import type { InferenceEngine, LoadedForest } from '../../../shared/forecast/inference-engine.ts';
import type { Conformal, Manifest } from '../../../shared/schemas/manifest.ts';
import type { MemoryObjects } from '../object-store/memory-objects.ts';

const FEATURE_HASH = FEATURE_FINGERPRINT;

export function sampleConformal(): Conformal {
  const table = (small: number, large: number) => [
    Array.from({ length: HORIZON }, (_, index) => small * (1 + index / 20)),
    Array.from({ length: HORIZON }, (_, index) => large * (1 + index / 20)),
  ];
  return {
    class_bounds: [2],
    p10: table(-0.6, -0.2),
    p50: table(0.01, 0.005),
    p90: table(0.7, 0.25),
    cumulative: { p10: table(-0.4, -0.15), p50: table(0.01, 0.005), p90: table(0.5, 0.2) },
  };
}

function sampleManifest(version: string, packed: Uint8Array, changes: Partial<Manifest> = {}): Manifest {
  return {
    schema_version: 1,
    version,
    created_at: '2026-11-21T03:00:00.000Z',
    feature_names: [...FEATURE_NAMES],
    feature_hash: FEATURE_HASH,
    categories: { store_nbr: ['44', '45'], family: ['BOOKS', 'DAIRY', 'GROCERY I'] },
    horizon: HORIZON,
    objective: 'reg:squarederror',
    target: 'log1p_minus_anchor',
    conformal: sampleConformal(),
    backtest: {
      windows: [
        {
          origin: '2026-11-04',
          scores: { model: { rmsle: 0.38, wape: 0.12, bias: -0.8, count: 96 } },
          coverage80: 0.8,
        },
      ],
      pooled: {
        model: { rmsle: 0.38, wape: 0.12, bias: -0.8, count: 96 },
        seasonal_naive: { rmsle: 0.53, wape: 0.16, bias: 0.4, count: 96 },
      },
    },
    training: {
      dataset: 'sample',
      first_origin: '2025-11-01',
      last_day: '2026-11-15',
      rows: 4800,
      series: 3,
      params: { max_depth: 6, eta: 0.05 },
      rounds: 300,
      libraries: { xgboost: '3.1.1' },
    },
    files: {
      'model.packed': {
        sha256: createHash('sha256').update(packed).digest('hex'),
        bytes: packed.byteLength,
      },
    },
    ...changes,
  };
}

/** Makes bytes that the engine refuses to load. */
export const REFUSED_SEED = 33;

function packedBytes(seed: number): Uint8Array {
  return Uint8Array.from({ length: 64 }, (_, index) => (seed * 31 + index) % 256);
}

/** Publishes a version; `seed` decides its bytes and so its forecasts. */
export async function publishModel(
  objects: MemoryObjects,
  version: string,
  seed: number,
  changes: Partial<Manifest> = {},
): Promise<void> {
  const packed = packedBytes(seed);
  const manifest = sampleManifest(version, packed, changes);
  await objects.put(objectKeys.modelFile(version, 'manifest.json'), JSON.stringify(manifest));
  await objects.put(objectKeys.modelFile(version, 'model.packed'), packed);
}

/**
 * An engine whose margin is a small function of the row and of the first byte of the model, so that different rows
 * and different models give different forecasts. It counts what it holds in memory.
 */
export interface SampleEngine extends InferenceEngine {
  readonly loaded: Set<LoadedForest>;
}

export function createSampleEngine(featureCount: number = FEATURE_COUNT): SampleEngine {
  const loaded = new Set<LoadedForest>();
  return {
    loaded,
    loadPacked: (packed) => {
      if (packed[0] === packedBytes(REFUSED_SEED)[0]) throw new Error('not a packed model');
      const seed = packed[0] ?? 0;
      const forest: LoadedForest = {
        featureCount,
        kernel: 'sample',
        predict: (rows) => {
          if (!loaded.has(forest)) throw new Error('the model has been disposed');
          return marginsOf(rows, featureCount, seed);
        },
        dispose: () => loaded.delete(forest),
      };
      loaded.add(forest);
      return forest;
    },
  };
}

function marginsOf(rows: Float32Array, featureCount: number, seed: number): Float32Array {
  return Float32Array.from({ length: rows.length / featureCount }, (_, row) => {
    let sum = seed;
    for (const value of rows.subarray(row * featureCount, (row + 1) * featureCount)) {
      if (!Number.isNaN(value)) sum += value * 0.37;
    }
    return Math.sin(sum) / 4;
  });
}
