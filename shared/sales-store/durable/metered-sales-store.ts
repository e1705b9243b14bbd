/**
 * The embedded store behind an endpoint that tells how many rows each call has read and written, as the platform
 * counts them. For measurements on one machine; no deployment has it.
 *
 * @module
 */

import { type MeteredAnswer, type MeteredCall, replaceColumns } from './metered-call.ts';
import { SalesStoreObject } from './sales-store-object.ts';

type Cursor = Pick<SqlStorageCursor<Record<string, SqlStorageValue>>, 'rowsRead' | 'rowsWritten'>;

export class MeteredStoreObject extends SalesStoreObject {
  readonly #cursors: Cursor[];

  constructor(context: DurableObjectState, env: unknown) {
    const cursors: Cursor[] = [];
    const { sql } = context.storage;
    const exec = sql.exec.bind(sql);
    const metered: typeof exec = (query, ...bindings) => {
      const cursor = exec(query, ...bindings) as ReturnType<typeof exec>;
      cursors.push(cursor);
      return cursor as never;
    };
    // Before the store takes hold of the storage.
    Object.defineProperty(sql, 'exec', { value: metered });
    super(context, env);
    this.#cursors = cursors;
  }

  metered({ method, args }: MeteredCall): MeteredAnswer {
    this.#cursors.length = 0;
    const work = this[method as keyof this] as unknown as (...args: readonly unknown[]) => unknown;
    const answer = work.apply(this, [...args]);
    // Readings are counted once they are done, which they are when the call is.
    const total = (count: (cursor: Cursor) => number) =>
      this.#cursors.reduce((sum, cursor) => sum + count(cursor), 0);
    return {
      answer,
      rowsRead: total(({ rowsRead }) => rowsRead),
      rowsWritten: total(({ rowsWritten }) => rowsWritten),
    };
  }
}

export default {
  async fetch(request: Request, env: { SALES_STORE: DurableObjectNamespace<MeteredStoreObject> }) {
    const stub = env.SALES_STORE.getByName('metered') as unknown as Pick<MeteredStoreObject, 'metered'>;
    const text = await stub.metered(await request.json<MeteredCall>());
    return new Response(JSON.stringify(text, replaceColumns));
  },
};
