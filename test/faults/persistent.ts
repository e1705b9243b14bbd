import { setTimeout as wait } from 'node:timers/promises';
import type { SalesStore } from '../../shared/sales-store/sales-store.ts';
import { UpstashStoreError } from '../../shared/sales-store/upstash/requests.ts';
import { BrokenCallError } from './broken-call.ts';

/** The store as seen by someone who calls again until it works, as the next cron would. */
export function persistent(store: SalesStore, { attempts = 20, pauseMs = 0 } = {}): SalesStore {
  return new Proxy(store, {
    get:
      (target, name: keyof SalesStore) =>
      async (...args: never[]) => {
        for (let attempt = 1; ; attempt++) {
          try {
            return await (target[name] as (...args: never[]) => Promise<unknown>)(...args);
          } catch (error) {
            const hadNoAnswer = error instanceof UpstashStoreError || error instanceof BrokenCallError;
            if (!hadNoAnswer || attempt === attempts) throw error;
            if (pauseMs > 0) await wait(pauseMs);
          }
        }
      },
  });
}
