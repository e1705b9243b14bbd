import type { ObjectStore } from '../../../../../shared/artifacts/object-store.ts';

/** A store that records writes and deletions. */
export interface CountingStore extends ObjectStore {
  /** The keys of all changes, in order. */
  readonly changes: readonly string[];
}

export class Killed extends Error {}

/** A store whose process is killed after its `at`-th change. */
export function killedAt(store: ObjectStore, at: number): CountingStore {
  const changes: string[] = [];
  const change = async <T>(key: string, make: () => Promise<T>): Promise<T> => {
    const number = changes.push(key);
    if (number > at) throw new Killed();
    const made = await make();
    if (changes.length >= at) throw new Killed();
    return made;
  };
  return changing(store, changes, change);
}

/** A store in which something happens after the `at`-th change and before the next. */
export function interruptedAfter(
  store: ObjectStore,
  at: number,
  happen: () => Promise<unknown>,
): CountingStore {
  const changes: string[] = [];
  return changing(store, changes, async (key, make) => {
    const number = changes.push(key);
    const made = await make();
    if (number === at) await happen();
    return made;
  });
}

export function counting(store: ObjectStore): CountingStore {
  const changes: string[] = [];
  return changing(store, changes, (key, make) => {
    changes.push(key);
    return make();
  });
}

function changing(
  store: ObjectStore,
  changes: readonly string[],
  change: <T>(key: string, make: () => Promise<T>) => Promise<T>,
): CountingStore {
  return {
    ...store,
    changes,
    put: (key, ...args) => change(key, () => store.put(key, ...args)),
    delete: (key) => change(key, () => store.delete(key)),
  };
}
