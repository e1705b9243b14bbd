import { readPointer } from '../champion-pointer.ts';
import { parseDecision } from '../decision.ts';
import { objectKeys } from '../object-keys.ts';
import type { ListedObject, ObjectStore } from '../object-store.ts';
import { expiredForecasts } from './expired-forecasts.ts';
import type { PruneRules } from './prune-rules.ts';

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

const DAY_MS = 86_400_000;

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
