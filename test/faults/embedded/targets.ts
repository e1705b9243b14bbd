import { setTimeout as wait } from 'node:timers/promises';
import { createDurableSalesStore } from '../../../shared/sales-store/durable/durable-sales-store.ts';
import type { SalesStore } from '../../../shared/sales-store/sales-store.ts';
import type { Fault } from '../../../workers/local/redis-bridge/rest-server.ts';
import { BrokenCallError } from '../broken-call.ts';
import type { FaultTarget } from '../target.ts';
import type { ObjectFault } from './faulty-call.ts';
import type { EmbeddedRuntime } from './runtime.ts';

let count = 0;
/** Statements of a call at which the storage fails, in turns: the first, and one in the midst of most calls. */
const BREAKING_STATEMENTS = [0, 1, 2, 3, 5, 8, 13] as const;

/**
 * Makes empty embedded stores in one workerd. What fails between Worker and object fails at the calls, what fails in
 * the object fails inside it: a storage that refuses a statement, an object that ends before it has answered.
 */
export function createEmbeddedTargets(runtime: EmbeddedRuntime): () => FaultTarget {
  let recovering: Promise<void> = Promise.resolve();
  return () => {
    const object = `schedule ${++count}`;
    let choose: (() => Fault | null) | null = null;
    let broken = 0;
    /** A gateway that did not execute a request simulates a failing storage; one that did, a lost object. */
    const inside = (fault: Fault | null): ObjectFault | null => {
      if (fault?.kind !== 'status') return null;
      if (fault.carriedOut) return { kind: 'abort' };
      return { kind: 'statement', number: BREAKING_STATEMENTS[broken++ % BREAKING_STATEMENTS.length] ?? 0 };
    };
    const call = async (method: string, args: readonly unknown[]) => {
      const fault = choose?.() ?? null;
      if (fault?.kind === 'delay') await wait(fault.ms);
      if (fault?.kind === 'drop-before') throw new BrokenCallError('broke before it was carried out');
      const answer = await runtime.call({ object, method, args, fault: inside(fault) });
      if (fault?.kind === 'drop-after') throw new BrokenCallError('broke after it was carried out');
      return answer;
    };
    return {
      store: createDurableSalesStore({ getByName: () => asObject(call) }),
      setNetwork: (next) => {
        choose = next;
      },
      killDatabase: () => {
        recovering = recovering.then(() => runtime.killAndRestart());
        return recovering;
      },
      restartEndpoint: async () => {
        await runtime
          .call({ object, method: 'status', args: [], fault: { kind: 'abort' } })
          .catch(() => undefined);
      },
    };
  };
}

/** What a stub of the object looks like: every method is a call. */
function asObject(call: (method: string, args: readonly unknown[]) => Promise<unknown>): unknown {
  return new Proxy({} as Record<keyof SalesStore, unknown>, {
    get:
      (_, method: string) =>
      (...args: readonly unknown[]) =>
        call(method, args),
  });
}
