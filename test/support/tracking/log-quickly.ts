import type { ObjectStore } from '../../../shared/artifacts/object-store.ts';
import { logMissing } from '../../../workers/trainer/tracking/log-missing.ts';
import type { TrackingServer } from '../stand-ins/tracking-server.ts';
import { sampleConnection } from './sample-connection.ts';

/** Logs as a night does, without waiting between tries. @returns what arrived, and what is left with why */
export async function logQuickly(store: ObjectStore, server: Pick<TrackingServer, 'url'>) {
  const notes: string[] = [];
  const { connection } = sampleConnection([], { baseUrl: server.url, fetch });
  const { logged, left } = await logMissing(
    store,
    { connection, experiment: 'experiment', model: 'model' },
    { onProgress: () => undefined, onNote: (note) => notes.push(note) },
  );
  return { logged, left: Object.fromEntries(left.map(({ run, reason }) => [run, reason])), notes };
}
