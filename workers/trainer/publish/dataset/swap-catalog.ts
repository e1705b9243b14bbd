import { RegistryError } from '../../../../shared/artifacts/champion-pointer.ts';
import { objectKeys } from '../../../../shared/artifacts/object-keys.ts';
import type { ObjectStore } from '../../../../shared/artifacts/object-store.ts';
import { messageOf } from '../../../../shared/errors/message-of.ts';
import type { Catalog } from '../../../../shared/schemas/catalog.ts';

/** The catalog that a publication finds. */
interface ReadCatalog {
  readonly etag: string;
  readonly text: string;
}

/** @returns null where nothing has been published yet */
export async function readCatalogInPlace(store: Pick<ObjectStore, 'get'>): Promise<ReadCatalog | null> {
  const object = await store.get(objectKeys.catalog);
  return object && { etag: object.etag, text: await object.text() };
}

/**
 * Writes the catalog over the one that was read, moves the pointer, and puts the catalog before back if the pointer was lost
 * to somebody else: theirs is the model in service then, and it was made for that catalog.
 *
 * @param movePointer the very next request; nothing where the pointer stays
 * @throws {RegistryError} `conflict` when another catalog was published meanwhile, and whatever `movePointer` throws
 */
export async function swapCatalog(
  store: Pick<ObjectStore, 'get' | 'put' | 'delete'>,
  catalog: Catalog,
  before: ReadCatalog | null,
  movePointer: () => Promise<void>,
): Promise<void> {
  const etag = await store.put(objectKeys.catalog, JSON.stringify(catalog), { etag: before?.etag ?? null });
  if (etag === null) {
    throw new RegistryError(
      'conflict',
      `${objectKeys.catalog} was published by somebody else meanwhile: the model is stored but not in service; train again`,
    );
  }
  try {
    await movePointer();
  } catch (error) {
    // Any other failure leaves it open whether the pointer has moved.
    if (!(error instanceof RegistryError)) throw error;
    throw (await putBack(store, before, etag, error)) ?? error;
  }
}

/**
 * @param etag of the catalog to replace; one that has been written since stays
 * @param lost why
 * @returns null once it is back; otherwise `lost`, and that it is not
 */
async function putBack(
  store: Pick<ObjectStore, 'get' | 'put' | 'delete'>,
  before: ReadCatalog | null,
  etag: string,
  lost: RegistryError,
): Promise<RegistryError | null> {
  try {
    if (before) await store.put(objectKeys.catalog, before.text, { etag });
    else if ((await store.get(objectKeys.catalog))?.etag === etag) await store.delete(objectKeys.catalog);
    return null;
  } catch (cause) {
    const reason = messageOf(cause);
    const message = `${lost.message}; ${objectKeys.catalog} could not be put back: ${reason}`;
    return new RegistryError(lost.code, message, { cause });
  }
}
