import { readManifests, readPointer } from '../../../shared/artifacts/current-publication.ts';
import { parseDecision } from '../../../shared/artifacts/decision.ts';
import {
  LEGACY_CHAMPION_KEY,
  LEGACY_DATASET_PREFIXES,
} from '../../../shared/artifacts/legacy-publication.ts';
import { objectKeys } from '../../../shared/artifacts/object-keys.ts';
import type { ListedObject, ObjectStore } from '../../../shared/artifacts/object-store.ts';
import { keysOf, readPublicationManifest } from '../../../shared/artifacts/publication.ts';
import {
  type PublicationPointer,
  pointerConflict,
  type ReadPointer,
  writePointer,
} from '../../../shared/artifacts/publication-pointer.ts';
import { DAY_MS, type DayNumber, toDayNumber } from '../../../shared/calendar/day-number.ts';
import { isoDateSchema } from '../../../shared/schemas/catalog.ts';

/**
 * Objects younger than this are never removed, whatever names them: a publication in progress may be about to name
 * them. Of older ones, a publication in progress uses only those that the pointer names (`writeContents`).
 */
const PRUNE_AGE_MS = DAY_MS;

/** What pruning keeps in addition to the publications of the pointer. */
export interface PruneRules {
  /** Number of newest versions, in service or not. */
  readonly keepVersions: number;
  /** Days since versions were written or in service. */
  readonly keepDays: number;
  /** Days of batch forecasts before the newest origin that is not ahead (`expiredForecasts`). */
  readonly keepForecastDays: number;
}

export const PRUNE_DEFAULTS: PruneRules = { keepVersions: 10, keepDays: 30, keepForecastDays: 60 };

export interface KeptVersion {
  readonly version: string;
  readonly reason: 'in service' | 'may be rolled back to' | 'newest' | 'recent' | 'in service recently';
}

export interface PrunePlan {
  /** null while nothing is in service: then nothing is removed. */
  readonly champion: string | null;
  readonly kept: readonly KeptVersion[];
  /** Versions to remove, each with all of its keys. */
  readonly removed: readonly { readonly version: string; readonly keys: readonly string[] }[];
  /** Keys of batch forecasts to remove. */
  readonly forecasts: readonly string[];
  /** Keys of publications that no rollback can reach, and of objects that only those named. */
  readonly contents: readonly string[];
  /** The pointer on which the plan is based; null without one. */
  readonly over: ReadPointer | null;
}

/**
 * Plans the pruning. Kept are all publications of the pointer with everything they name, whatever was in service in the
 * last days, and everything young. Without a champion no model is removed, since any stored version may be promoted.
 *
 * @param written keys of batch forecasts written by the run before it prunes
 * @throws {RegistryError} `invalid-pointer`
 * @throws {InvalidObjectError} if the publication in service cannot be read: its objects are unknown then
 */
export async function planPruning(
  store: Pick<ObjectStore, 'get' | 'list' | 'listEntries'>,
  rules: PruneRules,
  now: Date,
  written: readonly string[] = [],
): Promise<PrunePlan> {
  const over = await readPointer(store);
  const champion = over?.champion ?? null;
  const named = over ? await keysNamedBy(store, over.pointer) : new Set<string>();
  const age = { keepDays: rules.keepForecastDays, champion: champion?.version ?? null, written, now };
  const forecasts = expiredForecasts(await store.list(objectKeys.forecasts), age).filter(
    (key) => !named.has(key),
  );
  const contents = over === null ? [] : await unnamedContents(store, over, named, now);
  const versions = groupByVersion(await store.listEntries(objectKeys.models));
  if (!champion) return { champion: null, kept: [], removed: [], forecasts, contents, over };

  const recentSince = now.getTime() - rules.keepDays * DAY_MS;
  const previous = new Set(champion.previous.map(({ version }) => version));
  const served = await championsSince(store, [...versions.values()].flat(), recentSince);
  const newest = [...versions.keys()]
    .sort((left, right) => writtenAt(versions.get(right)) - writtenAt(versions.get(left)))
    .slice(0, rules.keepVersions);
  const reasonToKeep = (version: string, objects: readonly ListedObject[]): KeptVersion['reason'] | null => {
    if (version === champion.version) return 'in service';
    if (previous.has(version) || objects.some(({ key }) => named.has(key))) return 'may be rolled back to';
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
  return { champion: champion.version, kept, removed, forecasts, contents, over };
}

/** Every key that a publication of the pointer needs. */
async function keysNamedBy(
  store: Pick<ObjectStore, 'get' | 'list'>,
  { current, previous, challenger }: PublicationPointer,
): Promise<Set<string>> {
  const manifests = await Promise.all([
    readManifests(store, [current, ...previous]),
    ...(challenger ? [readPublicationManifest(store, challenger)] : []),
  ]);
  return new Set([objectKeys.current, ...manifests.flat().flatMap(keysOf)]);
}

async function unnamedContents(
  store: Pick<ObjectStore, 'listEntries'>,
  { etag }: ReadPointer,
  named: ReadonlySet<string>,
  now: Date,
): Promise<string[]> {
  const legacy = etag !== null ? [LEGACY_CHAMPION_KEY, ...LEGACY_DATASET_PREFIXES] : [];
  const prefixes = [objectKeys.contents, objectKeys.publications, ...legacy];
  const listed = (await Promise.all(prefixes.map((prefix) => store.listEntries(prefix)))).flat();
  return listed
    .filter(({ key, modifiedAt }) => !named.has(key) && now.getTime() - modifiedAt.getTime() >= PRUNE_AGE_MS)
    .map(({ key }) => key);
}

function groupByVersion(objects: readonly ListedObject[]): Map<string, ListedObject[]> {
  const versions = new Map<string, ListedObject[]>();
  for (const object of objects) {
    const [version = '', ...path] = object.key.slice(objectKeys.models.length).split('/');
    if (path.length > 0) versions.set(version, [...(versions.get(version) ?? []), object]);
  }
  return versions;
}

/** When the newest of the objects was written. */
function writtenAt(objects: readonly ListedObject[] | undefined): number {
  return Math.max(...(objects ?? []).map(({ modifiedAt }) => modifiedAt.getTime()));
}

/** What was in service at each decision since then. @param objects listing that includes their entries */
export async function championsSince(
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

/** What determines which batch forecasts expire. */
export interface ForecastAge {
  /** Days before the newest origin that are kept. */
  readonly keepDays: number;
  /** The version in service; null without one. */
  readonly champion: string | null;
  /** Keys written by the run for which forecasts are removed. */
  readonly written: readonly string[];
  readonly now: Date;
}

/**
 * The batch forecasts that expire. Days are counted from the newest origin that is no later than those the run has
 * written and today: otherwise a single run for a day ahead (`--today`) would make all following nights lose their
 * forecasts. What the run has written stays, and so does the champion's latest.
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

/** None for other keys. Forecasts of earlier releases end in `.bin.gz`; nothing reads them, and they expire by age. */
function batchOf(key: string): Batch[] {
  const [origin = '', file = ''] = key.slice(objectKeys.forecasts.length).split('/');
  if (!isoDateSchema.safeParse(origin).success) return [];
  return [{ key, origin: toDayNumber(origin), version: file.replace(/(-[0-9a-f]{8}\.csv|\.bin)\.gz$/, '') }];
}

/**
 * Removes what the plan lists. Models are first marked in the pointer as being removed, with a conditional write over
 * the pointer of the plan: whoever promotes one of them afterwards sees the mark, and whoever does so meanwhile causes
 * a conflict.
 *
 * May be interrupted anywhere: the rest is removed the next time.
 *
 * @returns the versions that were removed
 * @throws {RegistryError} `conflict` if something else went into service meanwhile; nothing is removed then
 */
export async function pruneModels(
  store: Pick<ObjectStore, 'put' | 'delete'>,
  { removed, forecasts, contents, over }: PrunePlan,
): Promise<string[]> {
  const versions = removed.map(({ version }) => version);
  if (over?.etag && versions.length > 0) {
    const isMarked = await writePointer(store, { ...over.pointer, removing: versions }, over);
    if (!isMarked) throw pointerConflict('nothing was removed; prune again');
  }
  const keys = [...removed.flatMap((version) => version.keys), ...forecasts, ...contents];
  for (const key of keys) await store.delete(key);
  return versions;
}
