import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { cp, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { LOCK_FILES } from '../../workers/local/system/instance-lock.ts';
import { freePort, startLocalProcess } from '../support/processes/local-process.ts';
import { type ChaosSystem, endProcessesOn, NOTES } from './chaos-system.ts';
import { endCleanly, type Fault, recovers, restart, usesRedis } from './fault.ts';

/** Longer than two ticks, shorter than what a watch takes for the end. */
const PAUSE_MS = 12_000;

/** @throws where a second start on the same directory is not refused. */
async function refuseSecondStart(system: ChaosSystem): Promise<void> {
  const second = startLocalProcess(system.arguments(), await freePort());
  const outcome = await second.then(
    async (started) => {
      await started.kill();
      return 'it started';
    },
    (error: Error) => error.message,
  );
  if (!outcome.includes('is in use by process')) throw new Error(`a second start: ${outcome}`);
}

export const PROCESS_FAULTS: readonly Fault[] = [
  {
    name: 'workerd killed',
    apply: async (system) => {
      await system.signalChildren('workerd', 'SIGKILL');
      return { kind: 'recovers', says: /workerd ended unexpectedly/ };
    },
  },
  {
    name: 'workerd stopped',
    apply: async (system) => {
      await system.signalChildren('workerd', 'SIGSTOP');
      return { kind: 'recovers', says: /workerd has not answered/ };
    },
  },
  {
    name: 'redis-server killed',
    fits: usesRedis,
    apply: async (system) => {
      await system.signalChildren('redis-server', 'SIGKILL');
      return { kind: 'recovers', says: /redis-server ended unexpectedly/ };
    },
  },
  {
    name: 'redis-server stopped',
    fits: usesRedis,
    apply: async (system) => {
      await system.signalChildren('redis-server', 'SIGSTOP');
      return { kind: 'recovers', says: /redis-server does not answer/ };
    },
  },
  {
    name: 'main process stopped for a while',
    apply: async (system) => {
      system.process.signal('SIGSTOP');
      await wait(PAUSE_MS);
      system.process.signal('SIGCONT');
      return recovers;
    },
  },
  {
    name: 'main process killed',
    apply: async (system) => {
      system.process.signal('SIGKILL');
      await system.process.exited;
      return restart;
    },
  },
  {
    name: 'everything killed at once',
    apply: async (system) => {
      await system.process.kill();
      return restart;
    },
  },
  {
    name: 'ended by SIGTERM',
    apply: async (system) => {
      await endCleanly(system);
      return restart;
    },
  },
  {
    name: 'second start on the same directory',
    apply: async (system) => {
      await refuseSecondStart(system);
      return recovers;
    },
  },
  {
    name: 'lock file and note removed, then a second start',
    apply: async (system) => {
      for (const file of LOCK_FILES) await rm(join(system.dataDir, file), { force: true });
      await refuseSecondStart(system);
      return { kind: 'recovers', says: /instance.lock was removed while it was locked/ };
    },
  },
  {
    name: 'start on a copy of the directory',
    apply: async (system) => {
      const copy = await mkdtemp(join(tmpdir(), 'chaos-copy-'));
      const before = system.process.output().length;
      try {
        await cp(system.dataDir, copy, { recursive: true, filter: (path) => !path.endsWith('.sock') });
        // A copy of files that are being written may be torn; what it does is its own affair.
        await startLocalProcess([...system.arguments(), '--data-dir', copy], await freePort()).then(
          (started) => started.kill(),
          () => undefined,
        );
      } finally {
        await endProcessesOn(copy);
        await rm(copy, { recursive: true, force: true });
      }
      const output = system.process.output().slice(before);
      if (/ended unexpectedly/.test(output)) throw new Error(`the copy has broken the original: ${output}`);
      return recovers;
    },
  },
  {
    name: 'notes emptied or filled with garbage after a kill',
    apply: async (system, random) => {
      await system.process.kill();
      for (const note of [...NOTES, 'instance.lock', 'state-checksums.json']) {
        const content = random() < 0.5 ? '' : randomBytes(50);
        // A store has no note of the other's.
        if (random() < 0.7) await writeFile(join(system.dataDir, note), content).catch(() => undefined);
      }
      return restart;
    },
  },
  {
    name: 'stale notes after a kill',
    apply: async (system) => {
      // The process ids in them have been given to somebody else.
      const bystander = spawn('sleep', ['600'], { stdio: 'ignore' });
      try {
        await system.process.kill();
        for (const [note, content] of system.firstNotes) {
          const stale = content.replaceAll(/"pid":\d+/g, `"pid":${bystander.pid}`);
          await writeFile(join(system.dataDir, note), stale);
        }
        await system.start();
        if (bystander.exitCode !== null || bystander.signalCode !== null)
          throw new Error('the start has ended a process that is not its own');
        return recovers;
      } finally {
        bystander.kill('SIGKILL');
      }
    },
  },
];
