import type { PublishedForecasts } from '../../../shared/artifacts/batch-forecasts.ts';
import { readPointer, readPublication } from '../../../shared/artifacts/current-publication.ts';
import {
  type FeatureContract,
  type LoadedModel,
  loadModel,
  ModelError,
} from '../../../shared/artifacts/load-model.ts';
import { datasetNames } from '../../../shared/artifacts/object-keys.ts';
import { InvalidObjectError } from '../../../shared/artifacts/parse-object.ts';
import type { ObjectReader, Publication } from '../../../shared/artifacts/publication.ts';
import {
  type Champion,
  type PublicationEntry,
  type ReadPointer,
  RegistryError,
} from '../../../shared/artifacts/publication-pointer.ts';
import { openPublishedForecasts } from '../../../shared/artifacts/published-forecasts.ts';
import { type EpochMs, isRecent } from '../../../shared/calendar/business-clock.ts';
import type { IsoWeek } from '../../../shared/calendar/date-parts.ts';
import { messageOf } from '../../../shared/errors/message-of.ts';
import type { InferenceEngine } from '../../../shared/forecast/inference-engine.ts';
import type { Catalog } from '../../../shared/schemas/catalog.ts';
import type { PromotionPlan } from '../../../shared/schemas/day-sheet.ts';
import type { CachedObject } from './isolate-caches.ts';
import { readPromotionPlan } from './promotion-plans.ts';
import { readCatalog } from './read-catalog.ts';

/** The pointer is read again when the last reading is older than this, and a publication that failed is tried again. */
const POINTER_MAX_AGE_MS = 60_000;
/** Publications before the newest that a cold start tries when the newest fails its checks. */
const FALLBACKS = 2;
/** A model that was replaced stays in memory for requests that hold it; none takes longer than this. */
const RETIREMENT_MS = 60_000;

/** The dataset of one publication. */
export interface ServedDataset {
  /** @returns null for a publication without a dataset. */
  catalog(): Promise<CachedObject<Catalog> | null>;
  /** @returns null for a week of which nothing is planned. */
  plan(week: IsoWeek): Promise<CachedObject<PromotionPlan> | null>;
}

/** Why it is not the newest publication that answers, or not by its model. */
export interface Degradation {
  /** Model of the newest publication; null when the pointer itself cannot be read. */
  readonly newestVersion: string | null;
  readonly reason: string;
}

interface ServedParts {
  readonly entry: PublicationEntry;
  /** What the pointer says is in service. */
  readonly champion: Champion | null;
  readonly dataset: ServedDataset;
  readonly loadedAt: EpochMs;
}

/** A publication whose model answers. */
export interface ServedModel extends ServedParts, LoadedModel {
  readonly kind: 'model';
  readonly champion: Champion;
  /** Set while this is not the newest publication, because the newest failed. */
  readonly degraded: Degradation | null;
}

/**
 * A publication that answers with the forecasts that were made when it was published, since this build can load no
 * model of those that the pointer remembers: after a deployment that changed the features, until a model is trained.
 */
export interface ServedBatch extends ServedParts {
  readonly kind: 'batch';
  readonly forecasts: PublishedForecasts;
  readonly degraded: Degradation;
}

export type Served = ServedModel | ServedBatch;

/**
 * The publication in service, in the memory of this isolate. A newer one replaces it only after passing every check; one
 * that fails leaves the last good one in service, and `degraded` says so. A request that takes one holds it to its end.
 *
 * Values are cached, never promises: in Workers a promise belongs to the request that made it.
 */
export interface PublicationCache {
  /**
   * The dataset in service, without loading a model.
   * @returns null while nothing is published
   */
  dataset(): Promise<ServedDataset | null>;
  /** @throws {ModelError} when nothing can be forecast with. */
  served(): Promise<Served>;
}

export interface PublicationCacheDependencies {
  readonly objects: ObjectReader;
  readonly loadEngine: () => Promise<InferenceEngine>;
  readonly contract: FeatureContract;
  readonly now: () => EpochMs;
}

export function createPublicationCache(dependencies: PublicationCacheDependencies): PublicationCache {
  const { objects, contract, now } = dependencies;
  let read: ReadPointer | null = null;
  let readAt = Number.NEGATIVE_INFINITY;
  let pointerProblem: string | null = null;
  let current: Served | null = null;
  /** Newest publication for which `current` was chosen, and when. */
  let chosen = { id: '', at: Number.NEGATIVE_INFINITY };
  /** Why nothing could be chosen, so that a broken publication is not fetched and hashed for every request. */
  let failure: { readonly id: string; readonly at: EpochMs; readonly error: ModelError } | null = null;
  let retired: { readonly model: LoadedModel; readonly at: EpochMs }[] = [];
  const opened = createRecent<Publication>(1 + FALLBACKS);
  const openDataset = createDatasetOpener();

  /** Follows the pointer; one that cannot be read leaves the last one in force. */
  const follow = async (): Promise<ReadPointer | null> => {
    if (read && isRecent(readAt, now(), POINTER_MAX_AGE_MS)) return read;
    try {
      read = await readPointer(objects);
      readAt = now();
      pointerProblem = null;
    } catch (error) {
      if (!read) throw asModelError(error);
      readAt = now();
      pointerProblem = `the pointer to what is in service cannot be followed: ${messageOf(error)}`;
    }
    return read;
  };

  const open = async (entry: PublicationEntry): Promise<Publication> => {
    const known = opened.get(entry.id);
    if (known) return known;
    const publication = await readPublication(objects, entry);
    opened.set(entry.id, publication);
    return publication;
  };

  const load = async (entry: PublicationEntry, champion: Champion): Promise<ServedModel> => {
    const version = entry.model;
    if (version === null) throw new ModelError('no-model', 'no model has been promoted yet: train one');
    if (entry.feature_hash !== null && entry.feature_hash !== contract.hash) {
      throw new ModelError(
        'model-mismatch',
        `model ${version} was trained on features of the fingerprint ${entry.feature_hash}, this build computes ${contract.hash}; train again`,
      );
    }
    const publication = await open(entry);
    const isLoaded = current?.kind === 'model' && current.manifest.version === version;
    const model = isLoaded
      ? (current as ServedModel)
      : await loadModel(
          objects,
          await dependencies.loadEngine(),
          contract,
          version,
          publication.model?.objects['manifest.json']?.sha256 ?? null,
        );
    const { manifest, forest } = model;
    return {
      ...{ kind: 'model', entry, champion, manifest, forest, degraded: null },
      dataset: openDataset(publication),
      loadedAt: isLoaded ? (current as ServedModel).loadedAt : now(),
    };
  };

  /** The newest publication that this build can serve. */
  const choose = async ({ pointer, champion }: ReadPointer): Promise<Served> => {
    const newest = pointer.current;
    if (!champion) throw new ModelError('no-model', 'no model has been promoted yet: train one');
    let reason: ModelError;
    try {
      return await load(newest, champion);
    } catch (error) {
      reason = asModelError(error);
    }
    const degraded = { newestVersion: newest.model, reason: reason.message };
    if (current?.kind === 'model') return { ...current, degraded };
    const fitting = pointer.previous.filter(
      ({ model, feature_hash }) => model !== null && (feature_hash ?? contract.hash) === contract.hash,
    );
    for (const entry of fitting.slice(0, FALLBACKS)) {
      try {
        return { ...(await load(entry, champion)), degraded };
      } catch (error) {
        asModelError(error);
      }
    }
    const batch = await chooseBatch([newest, ...pointer.previous], champion, degraded);
    if (batch) return batch;
    throw reason;
  };

  const chooseBatch = async (
    entries: readonly PublicationEntry[],
    champion: Champion,
    degraded: Degradation,
  ): Promise<ServedBatch | null> => {
    for (const entry of entries.slice(0, 1 + FALLBACKS)) {
      try {
        const publication = await open(entry);
        const forecasts = await openPublishedForecasts(objects, publication, now());
        if (!forecasts) continue;
        const dataset = openDataset(publication);
        return { kind: 'batch', entry, champion, dataset, forecasts, degraded, loadedAt: now() };
      } catch (error) {
        asModelError(error);
      }
    }
    return null;
  };

  const put = (next: Served): Served => {
    const before = current;
    if (before?.kind === 'model' && (next.kind !== 'model' || next.forest !== before.forest)) {
      retired.push({ model: before, at: now() });
    }
    current = next;
    return next;
  };

  const dispose = (): void => {
    const isOver = ({ at }: { readonly at: EpochMs }) => now() - at >= RETIREMENT_MS;
    for (const { model } of retired.filter(isOver)) model.forest.dispose();
    retired = retired.filter((one) => !isOver(one));
  };

  const served = async (): Promise<Served> => {
    const pointer = await follow();
    dispose();
    if (!pointer) throw new ModelError('no-model', 'nothing is published yet: train a model and publish it');
    const { id } = pointer.pointer.current;
    const isSettled =
      chosen.id === id && (!current?.degraded || isRecent(chosen.at, now(), POINTER_MAX_AGE_MS));
    if (!current || !isSettled) {
      if (failure?.id === id && isRecent(failure.at, now(), POINTER_MAX_AGE_MS)) throw failure.error;
      const next = await choose(pointer).catch((error: unknown) => {
        if (error instanceof ModelError) failure = { id, at: now(), error };
        throw error;
      });
      failure = null;
      // Another request may have loaded the same model meanwhile.
      const other: Served | null = current;
      if (
        next.kind === 'model' &&
        other?.kind === 'model' &&
        other.manifest.version === next.manifest.version &&
        other.forest !== next.forest
      ) {
        next.forest.dispose();
        put({ ...next, forest: other.forest, manifest: other.manifest });
      } else put(next);
      chosen = { id, at: now() };
    }
    const champion = pointer.champion ?? current?.champion;
    const answer = { ...current, champion } as Served;
    if (pointerProblem === null || answer.degraded) return answer;
    return { ...answer, degraded: { newestVersion: null, reason: pointerProblem } } as Served;
  };

  const dataset = async (): Promise<ServedDataset | null> => {
    const pointer = await follow();
    if (!pointer) return null;
    const { current: newest, previous } = pointer.pointer;
    if (current && (current.degraded || current.entry.id === newest.id)) return current.dataset;
    let failure: unknown;
    for (const entry of [newest, ...previous].slice(0, 1 + FALLBACKS)) {
      try {
        return openDataset(await open(entry));
      } catch (error) {
        failure ??= asModelError(error);
        if (current) return current.dataset;
      }
    }
    throw failure;
  };

  /** Opens datasets; what was parsed of one publication serves the next where it has the same content. */
  function createDatasetOpener(): (publication: Publication) => ServedDataset {
    const catalogs = createRecent<CachedObject<Catalog>>(2);
    // A horizon of 16 days touches at most four weeks.
    const plans = createRecent<CachedObject<PromotionPlan>>(8);
    const readOnce =
      <T>(cache: Recent<CachedObject<T>>, parse: (text: string, name: string) => T) =>
      async ({ dataset, versionOf }: Publication, name: string): Promise<CachedObject<T> | null> => {
        const etag = versionOf(name);
        if (etag === null) return null;
        const known = cache.get(etag);
        if (known) return known;
        const object = await dataset.get(name);
        if (!object) return null;
        const parsed = { etag, value: parse(await object.text(), name) };
        cache.set(etag, parsed);
        return parsed;
      };
    const catalogOf = readOnce(catalogs, readCatalog);
    const planOf = readOnce(plans, readPromotionPlan);
    return (publication) => ({
      catalog: () => catalogOf(publication, datasetNames.catalog),
      plan: (week) => planOf(publication, datasetNames.promotionPlan(week)),
    });
  }

  return { dataset, served };
}

/** @throws what is none: a store that does not answer says nothing of a model */
function asModelError(error: unknown): ModelError {
  if (error instanceof ModelError) return error;
  if (error instanceof InvalidObjectError || error instanceof RegistryError) {
    return new ModelError('model-mismatch', error.message, { cause: error });
  }
  throw error;
}

/** A few values by key; the one that was set the longest ago goes first. */
interface Recent<T> {
  get(key: string): T | undefined;
  set(key: string, value: T): void;
}

function createRecent<T>(limit: number): Recent<T> {
  const values = new Map<string, T>();
  return {
    get: (key) => values.get(key),
    set: (key, value) => {
      values.delete(key);
      values.set(key, value);
      for (const oldest of values.keys()) {
        if (values.size <= limit) break;
        values.delete(oldest);
      }
    },
  };
}
