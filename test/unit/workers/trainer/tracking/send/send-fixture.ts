import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { sendSpool } from '../../../../../../workers/trainer/tracking/send/send-spool.ts';
import { openSpool, type Spool } from '../../../../../../workers/trainer/tracking/spool/spool.ts';
import type { TrackingServer } from '../../../../../support/stand-ins/tracking-server.ts';
import { sampleConnection } from '../../../../../support/tracking/sample-connection.ts';
import { SAMPLE_FILES, sampleRecord } from '../../../../../support/tracking/sample-record.ts';

export const NOW = new Date('2026-11-26T03:00:00Z');

/** A spool with these runs, a day apart, the first of 2026-11-23. */
export async function spoolOf(...keys: readonly string[]): Promise<Spool> {
  const spool = openSpool(await mkdtemp(join(tmpdir(), 'send-')), () => NOW);
  for (const [i, key] of keys.entries()) {
    const at = new Date(Date.UTC(2026, 10, 23 + i));
    await spool.add(sampleRecord(key, { champion_since: at.toISOString() }), at, SAMPLE_FILES);
  }
  return spool;
}

/** Sends as a night does, without waiting between tries. @returns keys of what was sent, and of what is left with why */
export async function send(spool: Spool, server: TrackingServer, now = NOW) {
  const notes: string[] = [];
  const { connection } = sampleConnection([], { baseUrl: server.url, fetch });
  const outcome = await sendSpool(
    spool,
    { connection, experiment: 'experiment', model: 'model' },
    { now: () => now, onProgress: () => undefined, onNote: (note) => notes.push(note) },
  );
  const keyOf = (name: string) => name.replace(/^\w+-/, '');
  return {
    sent: outcome.sent.map(keyOf),
    left: Object.fromEntries(outcome.left.map(({ name, reason }) => [keyOf(name), reason])),
    notes,
  };
}
