import { objectKeys } from '../../../../shared/artifacts/object-keys.ts';
import type { ObjectStore } from '../../../../shared/artifacts/object-store.ts';
import type { ObjectRef } from '../../../../shared/artifacts/publication.ts';
import { sha256Hex } from '../../../../shared/sha256.ts';
import { forEachConcurrent } from '../../data/for-each-concurrent.ts';

/** Objects written at the same time. */
const IN_FLIGHT = 8;
/**
 * An object that no publication in service names is used again only while it is younger than this: pruning leaves objects
 * alone for twice as long (`PRUNE_AGE_MS`), so what a publication in progress is about to name is never removed.
 */
const REUSE_AGE_MS = 12 * 3_600_000;

/** A named object to write; its content is made when its turn comes, so that few are in memory at the same time. */
export interface NamedContent {
  readonly name: string;
  readonly build: () => string;
}

export interface WrittenContents {
  /** By name. */
  readonly refs: Readonly<Record<string, ObjectRef>>;
  readonly written: number;
  /** Not written, because the very content is there. */
  readonly unchanged: number;
}

/**
 * Writes objects under keys made of their content, a few at a time. What is stored already is left as it is: R2 bills
 * every write. The first failure ends it, once the writes under way have ended.
 *
 * @param inService objects of the publication in service, which pruning keeps
 * @param now of the machine's clock, as that of the store
 * @param copy names objects whose content an older object has that pruning may be removing
 * @param onDone called after each object
 */
export async function writeContents(
  store: Pick<ObjectStore, 'put' | 'listEntries'>,
  contents: readonly NamedContent[],
  inService: readonly ObjectRef[],
  { now, copy, onDone }: { readonly now: Date; readonly copy: string; readonly onDone: () => void },
): Promise<WrittenContents> {
  const stored = await store.listEntries(objectKeys.contents);
  const ages = new Map(stored.map(({ key, modifiedAt }) => [key, now.getTime() - modifiedAt.getTime()]));
  // One that has been lost is written again.
  const known = new Map(inService.filter(({ key }) => ages.has(key)).map((ref) => [ref.sha256, ref]));
  const refs: Record<string, ObjectRef> = {};
  let written = 0;
  const writeOne = async (body: string): Promise<ObjectRef> => {
    const sha256 = await sha256Hex(body);
    const same = known.get(sha256);
    if (same) return same;
    const age = ages.get(objectKeys.content(sha256));
    const key = objectKeys.content(sha256, age !== undefined && age >= REUSE_AGE_MS ? copy : undefined);
    // Another run may be writing the very same.
    const isNew = (age === undefined || age >= REUSE_AGE_MS) && (await store.put(key, body, { etag: null }));
    if (isNew) written++;
    return { key, sha256 };
  };
  await forEachConcurrent(contents, IN_FLIGHT, async ({ name, build }) => {
    refs[name] = await writeOne(build());
    onDone();
  });
  const sorted = Object.fromEntries(contents.flatMap(({ name }) => (refs[name] ? [[name, refs[name]]] : [])));
  return { refs: sorted, written, unchanged: contents.length - written };
}
