/**
 * The embedded store behind a plain HTTP endpoint, and able to fail at any statement or right after its work: the
 * random schedules run in Node, and a call through Miniflare's own proxy would take them a hundred times as long.
 *
 * @module
 */
import { replaceColumns } from '../../../shared/sales-store/durable/metered-call.ts';
import { SalesStoreObject } from '../../../shared/sales-store/durable/sales-store-object.ts';
import type { FaultyCall, ObjectFault } from '../../faults/embedded/faulty-call.ts';

/** Breaks one statement of a call, as a disk without space would. */
interface Fuse {
  statementsLeft: number;
}

/** Must happen before the store takes hold of the storage. */
function fuseStatements(context: DurableObjectState): Fuse {
  const fuse: Fuse = { statementsLeft: Number.POSITIVE_INFINITY };
  const { sql } = context.storage;
  const exec = sql.exec.bind(sql);
  const fused: typeof exec = (query, ...bindings) => {
    if (--fuse.statementsLeft < 0) throw new Error('database or disk is full');
    return exec(query, ...bindings);
  };
  Object.defineProperty(sql, 'exec', { value: fused });
  return fuse;
}

export class FaultyStoreObject extends SalesStoreObject {
  readonly #fuse: Fuse;

  constructor(context: DurableObjectState, env: unknown) {
    const fuse = fuseStatements(context);
    super(context, env);
    this.#fuse = fuse;
  }

  /** One call of the store, and what goes wrong with it. */
  call(method: string, args: readonly unknown[], fault: ObjectFault | null): unknown {
    this.#fuse.statementsLeft = fault?.kind === 'statement' ? fault.number : Number.POSITIVE_INFINITY;
    try {
      const work = this[method as keyof this] as unknown as (...args: readonly unknown[]) => unknown;
      return work.apply(this, [...args]);
    } finally {
      this.#fuse.statementsLeft = Number.POSITIVE_INFINITY;
      if (fault?.kind === 'abort') this.ctx.abort('the object was ended');
    }
  }
}

export default {
  async fetch(request: Request, env: { SALES_STORE: DurableObjectNamespace<FaultyStoreObject> }) {
    const { object, method, args, fault } = await request.json<FaultyCall>();
    try {
      const stub = env.SALES_STORE.getByName(object) as unknown as Pick<FaultyStoreObject, 'call'>;
      return new Response(JSON.stringify(await stub.call(method, args, fault), replaceColumns));
    } catch (error) {
      return new Response(String(error), { status: 500 });
    }
  },
};
