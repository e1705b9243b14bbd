import { join } from 'node:path';
import { openBackend } from '../backend.ts';
import { bundleWorker } from '../bundle-worker.ts';
import { readStoreKind } from '../data-directory.ts';
import { lockDirectory } from '../instance-lock.ts';
import { endLeftoverRuntime } from '../leftover-runtime.ts';
import { openLocalSystem } from '../local-system.ts';
import { askOperator } from './operator-socket.ts';
import { ReconcileError } from './reconcile-error.ts';
import { reconcileStore } from './reconcile-store.ts';
import type { ReconcileReport } from './report.ts';
import { targetOf } from './system-target.ts';

/**
 * Reconciles the store of a data directory: through the process that runs on it, or by opening it.
 *
 * @throws {ReconcileError} when the directory holds no system. {StartError} when it cannot be opened.
 */
export async function reconcileDirectory(
  root: string,
  dataDir: string,
  repair: boolean,
  onProgress: (done: number, total: number) => void,
): Promise<ReconcileReport> {
  const store = await readStoreKind(dataDir);
  if (store === null) {
    throw new ReconcileError(`${dataDir} holds no system that was started; give another --data-dir`);
  }
  const told = await askOperator(dataDir, repair);
  if (told) return told;

  const unlock = await lockDirectory(dataDir);
  try {
    await endLeftoverRuntime(dataDir);
    const modules = await bundleWorker(root, join(dataDir, 'worker'));
    const backend = await openBackend({ store, dataDir });
    try {
      const system = await openLocalSystem({
        root,
        modules,
        dataDir,
        host: '127.0.0.1',
        port: 0,
        vars: backend.vars,
        onLog: () => undefined,
      });
      try {
        return await reconcileStore(targetOf(system), repair, onProgress);
      } finally {
        await system.stop();
      }
    } finally {
      await backend.stop();
    }
  } finally {
    await unlock();
  }
}
