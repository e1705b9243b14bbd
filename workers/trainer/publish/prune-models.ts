import { readPointer } from '../../../shared/artifacts/champion-pointer.ts';
import { parseDecision } from '../../../shared/artifacts/decision.ts';
import { objectKeys } from '../../../shared/artifacts/object-keys.ts';
import type { ListedObject, ObjectStore } from '../../../shared/artifacts/object-store.ts';
import { DAY_MS, type DayNumber, toDayNumber } from '../../../shared/calendar/day-number.ts';
import { isoDateSchema } from '../../../shared/schemas/catalog.ts';

/** What pruning keeps besides the champion and the champions before it that the pointer names. */
export interface PruneRules {
  /** The newest versions, in service or not. */
  readonly keepVersions: number;
  /** Versions that were written, or in service, in so many days. */
  readonly keepDays: number;
  /** Batch forecasts from so many days before the newest origin, but for one that lies ahead (`expiredForecasts`). */
  readonly keepForecastDays: number;
}

export const PRUNE_DEFAULTS: PruneRules = { keepVersions: 10, keepDays: 30, keepForecastDays: 60 };

export interface KeptVersion {
  readonly version: string;
  readonly reason: 'in service' | 'may be rolled back to' | 'newest' | 'recent' | 'in service recently';
}

export interface PrunePlan {
  /** null when nothing is in service: then nothing is removed. */
  readonly champion: string | null;
  readonly kept: readonly KeptVersion[];
  /** Versions to remove, each with all of its keys. */
  readonly removed: readonly { readonly version: string; readonly keys: readonly string[] }[];
  /** Keys of batch forecasts to remove. */
  readonly forecasts: readonly string[];
}

/**
 * Says what pruning would remove. Kept is whatever the pointer names, and what it named in the last days: an isolate at
 * the edge reads the pointer once a minute, and a person may roll back at any time. What was written in the last days is
 * kept, complete or not: another run may be writing it. Without a champion nothing is removed, since any stored version
 * may be promoted.
 *
 * @param written keys of batch forecasts that the run has written before which removes old ones
 * @throws {RegistryError} `invalid-pointer`
 */
export async function planPruning(
  store: Pick<ObjectStore, 'get' | 'list' | 'listEntries'>,
  rules: PruneRules,
  now: Date,
  written: readonly string[] = [],
): Promise<PrunePlan> {
  const pointer = await readPointer(store);
  const forecasts = expiredForecasts(await store.list(objectKeys.forecasts), {
    keepDays: rules.keepForecastDays,
    champion: pointer?.champion.version ?? null,
    written,
    now,
  });
  const versions = groupByVersion(await store.listEntries(objectKeys.models));
  if (!pointer) return { champion: null, kept: [], removed: [], forecasts };

  const recentSince = now.getTime() - rules.keepDays * DAY_MS;
  const { champion } = pointer;
  const named = new Set(champion.previous.map(({ version }) => version));
  const served = await championsSince(store, [...versions.values()].flat(), recentSince);
  const newest = [...versions.keys()]
    .sort((left, right) => writtenAt(versions.get(right)) - writtenAt(versions.get(left)))
    .slice(0, rules.keepVersions);
  const reasonToKeep = (version: string, objects: readonly ListedObject[]): KeptVersion['reason'] | null => {
    if (version === champion.version) return 'in service';
    if (named.has(version)) return 'may be rolled back to';
    if (newest.includes(version)) return 'newest';
    if (writtenAt(objects) >= recentSince) return 'recent';
    return served.has(version) ? 'in service recently' : null;
  };

  const kept: KeptVersion[] = [];
  const removed: { version: string; keys: string[] }[] = [];
  for (const [version, objects] of versions) {
    const reason = reasonToKeep(version, objects);
    if (reason) kept.push({ version, reason });
    else removed.push({ version, keys: objects.map(({ key }) => key) });
  }
  return { champion: champion.version, kept, removed, forecasts };
}

function groupByVersion(objects: readonly ListedObject[]): Map<string, ListedObject[]> {
  const versions = new Map<string, ListedObject[]>();
  for (const object of objects) {
    const [version = '', ...path] = object.key.slice(objectKeys.models.length).split('/');
    if (path.length > 0) versions.set(version, [...(versions.get(version) ?? []), object]);
  }
  return versions;
}

/** When the last of the objects was written. */
function writtenAt(objects: readonly ListedObject[] | undefined): number {
  return Math.max(...(objects ?? []).map(({ modifiedAt }) => modifiedAt.getTime()));
}

/** What was in service when any decision of the last days was made. */
async function championsSince(
  store: Pick<ObjectStore, 'get'>,
  objects: readonly ListedObject[],
  since: number,
): Promise<Set<string>> {
  const recent = objects.filter(
    ({ key, modifiedAt }) => key.includes('/decisions/') && modifiedAt.getTime() >= since,
  );
  const champions = await Promise.all(
    recent.map(async ({ key }) => {
      return parseDecision(await (await store.get(key))?.text())?.champion ?? null;
    }),
  );
  return new Set(champions.filter((version) => version !== null));
}

/** What decides which batch forecasts are old. */
export interface ForecastAge {
  /** Days before the newest origin that are kept. */
  readonly keepDays: number;
  /** The version in service; null without one. */
  readonly champion: string | null;
  /** Keys that the run has written for which forecasts are removed. */
  readonly written: readonly string[];
  readonly now: Date;
}

/**
 * The batch forecasts that may go. Days are counted from the newest origin, but not from one that lies ahead of what the run
 * has written or of the day it is: a single run for a day ahead (`--today`) would have all the nights after it lose what they
 * have just written. What the run has written stays, and so does the latest of the champion.
 */
export function expiredForecasts(
  keys: readonly string[],
  { keepDays, champion, written, now }: ForecastAge,
): string[] {
  const batches = keys.flatMap(batchOf);
  const ofThisRun = batches.filter(({ key }) => written.includes(key));
  const ofChampion = batches.filter(({ version }) => version === champion);
  const newest = Math.max(...batches.map(({ origin }) => origin));
  const today = toDayNumber(now.toISOString().slice(0, 10));
  const countedFrom = Math.min(newest, today, ...ofThisRun.map(({ origin }) => origin));
  const latest = Math.max(...ofChampion.map(({ origin }) => origin));
  return batches
    .filter(({ origin }) => origin < countedFrom - keepDays)
    .filter((batch) => !ofThisRun.includes(batch) && !(batch.version === champion && batch.origin === latest))
    .map(({ key }) => key);
}

interface Batch {
  readonly key: string;
  readonly origin: DayNumber;
  readonly version: string;
}

/** None for a key of something else. Forecasts of earlier builds end in `.bin.gz`; nothing reads them, and they go by age. */
function batchOf(key: string): Batch[] {
  const [origin = '', file = ''] = key.slice(objectKeys.forecasts.length).split('/');
  if (!isoDateSchema.safeParse(origin).success) return [];
  return [{ key, origin: toDayNumber(origin), version: file.replace(/\.(csv|bin)\.gz$/, '') }];
}

/**
 * Removes what the plan says, version by version, the manifest of each first: a model without one cannot be promoted. If
 * the pointer has come to name it until then, its manifest is put back and it stays; if it comes to name it afterwards,
 * whoever writes the pointer sees that the manifest is gone (`promote`).
 *
 * May be broken off anywhere: what is left of a version is incomplete and removed the next time.
 *
 * @returns the versions that were removed
 */
export async function pruneModels(
  store: Pick<ObjectStore, 'get' | 'put' | 'delete'>,
  { removed, forecasts }: PrunePlan,
): Promise<string[]> {
  const gone: string[] = [];
  for (const { version, keys } of removed) {
    if (await removeVersion(store, version, keys)) gone.push(version);
  }
  for (const key of forecasts) await store.delete(key);
  return gone;
}

async function removeVersion(
  store: Pick<ObjectStore, 'get' | 'put' | 'delete'>,
  version: string,
  keys: readonly string[],
): Promise<boolean> {
  const manifestKey = objectKeys.modelFile(version, 'manifest.json');
  const manifest = await (await store.get(manifestKey))?.bytes();
  await store.delete(manifestKey);
  const champion = (await readPointer(store))?.champion;
  const isNamed = champion && [champion, ...champion.previous].some((entry) => entry.version === version);
  if (isNamed) {
    if (manifest) await store.put(manifestKey, manifest, { etag: null });
    return false;
  }
  for (const key of keys) if (key !== manifestKey) await store.delete(key);
  return true;
}
