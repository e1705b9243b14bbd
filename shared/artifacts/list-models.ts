import { type Hold, type Manifest, manifestSchema } from '../schemas/manifest.ts';
import { readPointer } from './current-publication.ts';
import type { Decision } from './decision.ts';
import { objectKeys } from './object-keys.ts';
import type { ObjectStore } from './object-store.ts';
import { type Champion, RegistryError } from './publication-pointer.ts';
import { readDecisions } from './registry.ts';

/** What a listing shows of a model, without loading its trees. */
export interface ModelEntry {
  readonly version: string;
  /** `previous`: a former champion that can be rolled back to. */
  readonly state: 'champion' | 'previous' | 'stored' | 'incomplete';
  /** null where it cannot be read. */
  readonly manifest: Manifest | null;
  /** When it went into service, for the champion and its predecessors. */
  readonly promotedAt: string | null;
  /** Set while training runs may not replace it. */
  readonly hold: Hold | null;
  /** Oldest first. */
  readonly decisions: readonly Decision[];
  /** What an incomplete model lacks. */
  readonly missing: readonly string[];
}

/**
 * Every model of an object store, newest first. Models that the pointer names are listed even if their files are
 * missing.
 *
 * @throws {RegistryError} `invalid-pointer`
 */
export async function listModels(store: Pick<ObjectStore, 'get' | 'list'>): Promise<ModelEntry[]> {
  const champion = (await readPointer(store))?.champion ?? null;
  const keys = await store.list(objectKeys.models);
  const filesOf = new Map<string, Set<string>>();
  for (const { version } of champion ? [champion, ...champion.previous] : []) {
    filesOf.set(version, new Set());
  }
  for (const key of keys) {
    const [version = '', ...path] = key.slice(objectKeys.models.length).split('/');
    if (path.length === 0) continue;
    const files = filesOf.get(version) ?? new Set();
    filesOf.set(version, files.add(path.join('/')));
  }
  const entries = await Promise.all(
    [...filesOf].map(([version, files]) => readEntry(store, version, files, champion)),
  );
  return entries.sort((left, right) => (timeOf(left) < timeOf(right) ? 1 : -1));
}

/**
 * One model of an object store.
 *
 * @param version default: the champion
 * @throws {RegistryError} `invalid-pointer`, `unknown-version`, `no-champion`
 */
export async function showModel(
  store: Pick<ObjectStore, 'get' | 'list'>,
  version: string | undefined,
): Promise<ModelEntry> {
  const wanted = version ?? (await readPointer(store))?.champion?.version;
  if (wanted === undefined) {
    throw new RegistryError('no-champion', 'nothing is in service: name a version');
  }
  const entries = await listModels(store);
  const entry = entries.find((candidate) => candidate.version === wanted);
  if (entry) return entry;
  const known = entries.map((candidate) => candidate.version).join(', ') || 'none';
  throw new RegistryError('unknown-version', `there is no model ${wanted} (known: ${known})`);
}

async function readEntry(
  store: Pick<ObjectStore, 'get' | 'list'>,
  version: string,
  files: ReadonlySet<string>,
  champion: Champion | null,
): Promise<ModelEntry> {
  const manifest = await readManifest(store, version);
  const missing = manifest
    ? Object.keys(manifest.files).filter((file) => !files.has(file))
    : ['manifest.json'];
  const isChampion = champion?.version === version;
  const before = champion?.previous.find((entry) => entry.version === version);
  const role = isChampion ? 'champion' : before ? 'previous' : 'stored';
  return {
    version,
    state: missing.length > 0 ? 'incomplete' : role,
    manifest,
    promotedAt: isChampion ? champion.promoted_at : (before?.promoted_at ?? null),
    hold: (isChampion && champion.hold) || null,
    decisions: await readDecisions(store, version),
    missing,
  };
}

async function readManifest(store: Pick<ObjectStore, 'get'>, version: string): Promise<Manifest | null> {
  const text = await (await store.get(objectKeys.modelFile(version, 'manifest.json')))?.text();
  try {
    return manifestSchema.parse(JSON.parse(text ?? ''));
  } catch {
    return null;
  }
}

function timeOf({ manifest, version }: ModelEntry): string {
  return `${manifest?.created_at ?? ''} ${version}`;
}
