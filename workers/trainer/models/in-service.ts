import { readPointer } from '../../../shared/models/champion-pointer.ts';
import type { ObjectStore } from '../../../shared/models/object-store.ts';
import type { Champion } from '../../../shared/schemas/manifest.ts';

/** What is in service: the champion, null for nothing, or why that is not known. */
export type InService =
  | { readonly kind: 'known'; readonly champion: Champion | null }
  | { readonly kind: 'unknown'; readonly reason: string };

/** Reads what is in service now. Never fails: it is asked when something has failed already. */
export async function readInService(store: Pick<ObjectStore, 'get'>): Promise<InService> {
  try {
    return { kind: 'known', champion: (await readPointer(store))?.champion ?? null };
  } catch (error) {
    return { kind: 'unknown', reason: error instanceof Error ? error.message : String(error) };
  }
}
