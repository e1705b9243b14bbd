import {
  type FeatureContract,
  type LoadedModel,
  loadModel,
  ModelError,
} from '../../../shared/artifacts/load-model.ts';
import { objectKeys } from '../../../shared/artifacts/object-keys.ts';
import type { ObjectStore } from '../../../shared/artifacts/object-store.ts';
import type { EpochMs } from '../../../shared/calendar/business-clock.ts';
import { messageOf } from '../../../shared/errors/message-of.ts';
import type { InferenceEngine } from '../../../shared/forecast/inference-engine.ts';
import { type Champion, championSchema } from '../../../shared/schemas/manifest.ts';

/** The pointer is read again when the last reading is older than this. */
const POINTER_MAX_AGE_MS = 60_000;
/** Champions before the newest that a cold start tries when the newest fails its checks. */
const FALLBACKS = 2;

interface Degradation {
  /** null when the pointer itself cannot be read. */
  readonly newestVersion: string | null;
  readonly reason: string;
}

export interface ServedModel extends LoadedModel {
  readonly champion: Champion;
  readonly loadedAt: EpochMs;
  /** Set while this is not the newest model, because the newest failed. */
  readonly degraded: Degradation | null;
}

/**
 * The model in service, in the memory of this isolate. A new champion replaces it only after passing every check;
 * one that fails leaves the last good model in service, and `degraded` says so.
 *
 * Values are cached, never promises: in Workers a promise belongs to the request that made it.
 */
export interface ChampionCache {
  /**
   * Follows the pointer if its last reading has become too old.
   * @throws {ModelError} when there is no model at all that can be served.
   */
  refresh(): Promise<void>;
  /**
   * The model to use until the next `await`: a later refresh may dispose it.
   * @throws {ModelError} `no-model` before the first successful refresh.
   */
  served(): ServedModel;
}

export interface ChampionCacheDependencies {
  readonly objects: Pick<ObjectStore, 'get'>;
  readonly loadEngine: () => Promise<InferenceEngine>;
  readonly contract: FeatureContract;
  readonly now: () => EpochMs;
}

export function createChampionCache(dependencies: ChampionCacheDependencies): ChampionCache {
  let current: ServedModel | null = null;
  let readAt = Number.NEGATIVE_INFINITY;
  /** Versions that failed and when, so that a broken one is not fetched and hashed for every request. */
  const rejected = new Map<string, { readonly error: ModelError; readonly at: EpochMs }>();

  const load = async (version: string): Promise<LoadedModel> => {
    const now = dependencies.now();
    const earlier = rejected.get(version);
    if (earlier && now - earlier.at < POINTER_MAX_AGE_MS) throw earlier.error;
    const engine = await dependencies.loadEngine();
    try {
      const model = await loadModel(dependencies.objects, engine, dependencies.contract, version);
      rejected.delete(version);
      return model;
    } catch (error) {
      if (error instanceof ModelError) rejected.set(version, { error, at: now });
      throw error;
    }
  };

  const serve = async (champion: Champion, version: string, degraded: Degradation | null): Promise<void> => {
    if (current?.manifest.version !== version) {
      const model = await load(version);
      // Another request may have finished the same load meanwhile.
      if (current?.manifest.version === version) model.forest.dispose();
      else {
        current?.forest.dispose();
        current = { ...model, champion, degraded, loadedAt: dependencies.now() };
      }
    }
    if (current) current = { ...current, champion, degraded };
  };

  const follow = async (): Promise<void> => {
    const champion = await readChampion(dependencies.objects);
    try {
      return await serve(champion, champion.version, null);
    } catch (error) {
      if (!(error instanceof ModelError)) throw error;
      const degraded = { newestVersion: champion.version, reason: error.message };
      if (current) {
        current = { ...current, degraded };
        return;
      }
      for (const { version } of champion.previous.slice(0, FALLBACKS)) {
        try {
          return await serve(champion, version, degraded);
        } catch (fallbackError) {
          if (!(fallbackError instanceof ModelError)) throw fallbackError;
        }
      }
      throw error;
    }
  };

  const refresh = async (): Promise<void> => {
    const now = dependencies.now();
    if (current && now - readAt < POINTER_MAX_AGE_MS) return;
    readAt = now;
    try {
      await follow();
    } catch (error) {
      if (!current) throw error;
      const reason = `the champion pointer cannot be followed: ${messageOf(error)}`;
      current = { ...current, degraded: { newestVersion: null, reason } };
    }
  };

  const served = (): ServedModel => {
    if (!current) throw new ModelError('no-model', 'no model has been loaded yet');
    return current;
  };

  return { refresh, served };
}

/** @throws {ModelError} `no-model` without a pointer, `model-mismatch` when it cannot be read. */
async function readChampion(objects: Pick<ObjectStore, 'get'>): Promise<Champion> {
  const pointer = await objects.get(objectKeys.champion);
  if (!pointer) {
    throw new ModelError(
      'no-model',
      `${objectKeys.champion} is not there: train a model and publish it, then try again`,
    );
  }
  try {
    return championSchema.parse(JSON.parse(await pointer.text()));
  } catch (cause) {
    throw new ModelError('model-mismatch', `${objectKeys.champion} is not a champion pointer`, { cause });
  }
}
