import { randomUUID } from 'node:crypto';
import { link, readdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { dirname, join, sep } from 'node:path';
import type { ListedObject, ObjectStore, StoredObject } from '../../../../shared/artifacts/object-store.ts';
import { UserError } from '../../../../shared/errors/user-error.ts';
import { hasCode, ifAbsent } from '../../data/absent-file.ts';
import { createDirectory } from '../../data/create-directory.ts';
import { contentEtag } from './content-etag.ts';

/** Files in progress; never listed. */
const PARTIAL_SUFFIX = '.partial';
const KEY = /^(?!.*(?:^|\/)\.{1,2}(?:\/|$))[A-Za-z0-9._-]+(?:\/[A-Za-z0-9._-]+)*$/;

/** Thrown for a key that is not a plain relative path. */
export class InvalidObjectKeyError extends UserError {
  override name = 'InvalidObjectKeyError';
}

/**
 * A directory with the interface of an object store: a key is a path below `directory`, an etag the MD5 of the content.
 * Files appear atomically. Preconditions hold against other writers in this process.
 */
export function createDirectorySink(directory: string): ObjectStore {
  const locks = new Map<string, Promise<unknown>>();

  const pathOf = (key: string): string => {
    if (!KEY.test(key) || key.endsWith(PARTIAL_SUFFIX)) {
      throw new InvalidObjectKeyError(
        `"${key}" is not an object key: write names joined by "/", without "..`,
      );
    }
    return join(directory, ...key.split('/'));
  };

  const read = async (key: string): Promise<Uint8Array | null> => readFile(pathOf(key)).catch(ifAbsent(null));

  const list = async (prefix: string): Promise<readonly string[]> => {
    const entries = await readdir(directory, { recursive: true, withFileTypes: true }).catch(ifAbsent([]));
    return entries
      .filter((entry) => entry.isFile() && !entry.name.endsWith(PARTIAL_SUFFIX))
      .map((entry) =>
        join(entry.parentPath, entry.name).slice(join(directory, sep).length).replaceAll(sep, '/'),
      )
      .filter((key) => key.startsWith(prefix))
      .sort();
  };

  /** Serialises writers of the same key. */
  const inTurn = <T>(key: string, task: () => Promise<T>): Promise<T> => {
    const turn = (locks.get(key) ?? Promise.resolve()).then(task, task);
    const settled = turn.then(
      () => undefined,
      () => undefined,
    );
    locks.set(key, settled);
    void settled.then(() => {
      if (locks.get(key) === settled) locks.delete(key);
    });
    return turn;
  };

  const write = async (key: string, body: Uint8Array | string, mustBeNew: boolean): Promise<boolean> => {
    const path = pathOf(key);
    const partial = `${path}.${randomUUID()}${PARTIAL_SUFFIX}`;
    await createDirectory(dirname(path));
    try {
      await writeFile(partial, body);
      if (!mustBeNew) {
        await rename(partial, path);
        return true;
      }
      // Unlike a rename, a link fails if the file exists.
      await link(partial, path);
      return true;
    } catch (error) {
      if (mustBeNew && hasCode(error, 'EEXIST')) return false;
      throw error;
    } finally {
      await rm(partial, { force: true });
    }
  };

  return {
    async get(key): Promise<StoredObject | null> {
      const content = await read(key);
      if (!content) return null;
      return {
        etag: contentEtag(content),
        bytes: () => Promise.resolve(content),
        text: () => Promise.resolve(new TextDecoder().decode(content)),
      };
    },
    put: (key, body, onlyIf) =>
      inTurn(key, async () => {
        if (onlyIf && onlyIf.etag !== null) {
          const content = await read(key);
          if (!content || contentEtag(content) !== onlyIf.etag) return null;
        }
        return (await write(key, body, onlyIf?.etag === null)) ? contentEtag(body) : null;
      }),
    list,
    async listEntries(prefix) {
      const entries: ListedObject[] = [];
      for (const key of await list(prefix)) {
        const content = await read(key);
        // Deleted since it was listed.
        if (!content) continue;
        const { mtime } = await stat(pathOf(key));
        entries.push({ key, etag: contentEtag(content), modifiedAt: mtime });
      }
      return entries;
    },
    delete: (key) => inTurn(key, () => rm(pathOf(key), { force: true })),
  };
}
