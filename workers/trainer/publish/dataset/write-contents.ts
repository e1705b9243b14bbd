import { objectKeys } from '../../../../shared/artifacts/object-keys.ts';
import type { ObjectStore } from '../../../../shared/artifacts/object-store.ts';
import type { ObjectRef } from '../../../../shared/artifacts/publication.ts';
import { sha256Hex } from '../../../../shared/sha256.ts';
import { forEachConcurrent } from '../../data/for-each-concurrent.ts';

/** Objects written concurrently. */
const IN_FLIGHT = 8;
/**
 * An object that no publication in service names is reused only while it is younger than this: pruning leaves objects
 * alone for twice as long (`PRUNE_AGE_MS`), so it never removes what a publication in progress is about to name.
 */
const REUSE_AGE_MS = 12 * 3_600_000;

/** A named object to write; its content is made when it is due, so that few are in memory at once. */
export interface NamedContent {
  readonly name: string;
  readonly build: () => string;
}

export interface WrittenContents {
  /** By name. */
  readonly refs: Readonly<Record<string, ObjectRef>>;
  readonly written: number;
  /** Not written, because an object with the same content exists. */
  readonly unchanged: number;
}

/**
 * Writes objects under keys derived from their content, a few at a time. Existing objects are not rewritten: R2 bills
 * every write. After the first failure nothing new is started, and writes in progress are awaited.
 *
 * @param inService objects of the publication in service, which pruning keeps
 * @param now by the machine's clock, like the store's
 * @param copy names objects whose content exists in an older object that pruning may be removing
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
  // A lost object is written again.
  const known = new Map(inService.filter(({ key }) => ages.has(key)).map((ref) => [ref.sha256, ref]));
  const refs: Record<string, ObjectRef> = {};
  let written = 0;
  const writeOne = async (body: string): Promise<ObjectRef> => {
    const sha256 = await sha256Hex(body);
    const same = known.get(sha256);
    if (same) return same;
    const age = ages.get(objectKeys.content(sha256));
    const key = objectKeys.content(sha256, age !== undefined && age >= REUSE_AGE_MS ? copy : undefined);
    // Another run may be writing the same object.
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
