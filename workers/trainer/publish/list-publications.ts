import { readManifest, readPointer } from '../../../shared/artifacts/current-publication.ts';
import type { ObjectStore } from '../../../shared/artifacts/object-store.ts';
import type { PublicationManifest } from '../../../shared/artifacts/publication.ts';
import type { PublicationEntry } from '../../../shared/artifacts/publication-pointer.ts';
import { messageOf } from '../../../shared/errors/message-of.ts';

/** A publication that is in service or can be rolled back to. */
export interface ListedPublication extends PublicationEntry {
  readonly state: 'in service' | 'previous';
  /** null if its manifest cannot be read. */
  readonly manifest: PublicationManifest | null;
  /** Why its manifest cannot be read. */
  readonly problem: string | null;
}

/**
 * The publication in service and its predecessors, newest first.
 *
 * @throws {RegistryError} `invalid-pointer`
 */
export async function listPublications(
  store: Pick<ObjectStore, 'get' | 'list'>,
): Promise<ListedPublication[]> {
  const read = await readPointer(store);
  if (!read) return [];
  const { current, previous } = read.pointer;
  return Promise.all(
    [current, ...previous].map(async (entry, index) => {
      const state = index === 0 ? ('in service' as const) : ('previous' as const);
      try {
        return { ...entry, state, manifest: await readManifest(store, entry), problem: null };
      } catch (error) {
        return { ...entry, state, manifest: null, problem: messageOf(error) };
      }
    }),
  );
}
