import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { convertV4MiniflareOptions, Log, LogLevel, Miniflare } from 'miniflare';
import { reviveColumns } from '../../../shared/sales-store/durable/metered-call.ts';
import { endLeftoverRuntime, recordRuntime } from '../../../workers/local/system/leftover-runtime.ts';
import { BrokenCallError } from '../broken-call.ts';
import { COMPATIBILITY_DATE } from './bundle.ts';
import type { FaultyCall } from './faulty-call.ts';

/** Miniflare would compress every answer, in Node's own thread. */
const HEADERS = { 'accept-encoding': 'identity' };

/** One workerd with any number of stores, each an object of its own whose files outlive the process. */
export interface EmbeddedRuntime {
  /** @throws {BrokenCallError} when the object or the process ended before it answered. */
  call(request: FaultyCall): Promise<unknown>;
  /** Kills workerd as a power loss would, and starts it again on the same files. */
  killAndRestart(): Promise<void>;
  stop(): Promise<void>;
}

/** @param script the endpoint of the faulty store, as one module. */
export async function startEmbeddedRuntime(script: string): Promise<EmbeddedRuntime> {
  const directory = await mkdtemp(join(tmpdir(), 'fault-schedules-'));
  const start = () =>
    new Miniflare({
      ...convertV4MiniflareOptions({
        cf: false,
        log: new Log(LogLevel.NONE),
        compatibilityDate: COMPATIBILITY_DATE,
        modules: true,
        script,
        durableObjects: { SALES_STORE: { className: 'FaultyStoreObject', useSQLite: true } },
        // Intended failures would be logged line by line.
        handleStructuredLogs: () => undefined,
      }),
      logRequests: false,
      resourcePersistencePath: directory,
    });
  let miniflare = start();
  let url: Promise<URL> = miniflare.ready;
  await url;
  return {
    call: async (request) => {
      let answer: Response;
      let text: string;
      try {
        answer = await fetch(await url, { method: 'POST', headers: HEADERS, body: JSON.stringify(request) });
        text = await answer.text();
      } catch {
        throw new BrokenCallError('fetch failed: the process ended');
      }
      if (!answer.ok) throw new BrokenCallError(text);
      return text === '' ? undefined : JSON.parse(text, reviveColumns);
    },
    killAndRestart: async () => {
      const before = miniflare;
      await recordRuntime(directory);
      await endLeftoverRuntime(directory);
      miniflare = start();
      url = miniflare.ready;
      await url;
      await before.dispose().catch(() => undefined);
    },
    stop: async () => {
      await miniflare.dispose();
      await rm(directory, { recursive: true, force: true });
    },
  };
}
