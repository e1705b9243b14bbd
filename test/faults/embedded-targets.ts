import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { convertV4MiniflareOptions, Log, LogLevel, Miniflare } from 'miniflare';
import { unstable_getMiniflareWorkerOptions } from 'wrangler';
import { createDurableSalesStore } from '../../shared/store/durable/durable-sales-store.ts';
import type { SalesStore } from '../../shared/store/sales-store.ts';
import { bundleWorker } from '../../workers/local/bundle-worker.ts';
import type { Fault } from '../../workers/local/redis-bridge/fault.ts';
import type { FaultTarget } from './target.ts';

/** Empty embedded stores in a workerd of their own. What fails between Worker and object fails at the calls. */
export async function openEmbeddedTargets(
  root: string,
): Promise<{ makeTarget(): FaultTarget; stop(): Promise<void> }> {
  const directory = await mkdtemp(join(tmpdir(), 'fault-schedules-'));
  const modules = await bundleWorker(root, directory);
  const { assets: _, ...worker } = unstable_getMiniflareWorkerOptions(join(root, 'wrangler.toml'))
    .workerOptions as { assets?: unknown };
  const miniflare = new Miniflare(
    convertV4MiniflareOptions({
      cf: false,
      log: new Log(LogLevel.ERROR),
      workers: [{ ...worker, name: 'standalone', modulesRoot: directory, modules: [...modules] }],
    }),
  );
  const namespace = await miniflare.getDurableObjectNamespace('SALES_STORE');
  let count = 0;
  return {
    makeTarget: () => {
      let choose: (() => Fault | null) | null = null;
      const store = createDurableSalesStore(namespace, `schedule ${++count}`);
      return {
        store: behindNetwork(store, () => choose?.() ?? null),
        setNetwork: (next) => {
          choose = next;
        },
      };
    },
    stop: async () => {
      await miniflare.dispose();
      await rm(directory, { recursive: true, force: true });
    },
  };
}

function behindNetwork(store: SalesStore, nextFault: () => Fault | null): SalesStore {
  return new Proxy(store, {
    get:
      (target, name: keyof SalesStore) =>
      async (...args: never[]) => {
        const fault = nextFault();
        if (fault?.kind === 'delay') await wait(fault.ms);
        if (fault?.kind === 'drop-before' || (fault?.kind === 'status' && !fault.carriedOut)) {
          throw new Error('the call broke before it was carried out');
        }
        const answer = await (target[name] as (...args: never[]) => Promise<unknown>)(...args);
        if (fault?.kind === 'drop-after' || fault?.kind === 'status') {
          throw new Error('the call broke after it was carried out');
        }
        return answer;
      },
  });
}
