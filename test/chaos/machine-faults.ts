import { setTimeout as wait } from 'node:timers/promises';
import { type ChaosSystem, TICK_MS } from './chaos-system.ts';
import { whyNoFakeClock } from './fake-clock.ts';
import { endCleanly, type Fault, type Impossible, recovers, restart, until } from './fault.ts';
import { whyNoSmallDisk } from './small-disk.ts';

/** Deliveries may still fit into blocks that the databases hold already. */
const FULL_MS = 60_000;
const WORKS_MS = 60_000;
const FILL_INTERVAL_MS = 200;

/** Keeps the disk full while something is done. */
async function whileFull({ disk }: ChaosSystem, work: () => Promise<void>): Promise<void> {
  if (disk === null) throw new Error('the system has no disk of its own');
  disk.fill();
  const timer = setInterval(() => disk.fill(), FILL_INTERVAL_MS);
  try {
    await work();
  } finally {
    clearInterval(timer);
    disk.empty();
  }
}

/** Sets the clock of the whole system, and back. */
async function whileClockIs(system: ChaosSystem, seconds: number): Promise<void> {
  const { clock } = system;
  if (clock === null) throw new Error('the system has no clock of its own');
  const before = await system.health();
  clock.set(seconds);
  try {
    const problem = await system.countsAgain(WORKS_MS);
    if (problem !== null) throw new Error(`with the clock moved by ${seconds} s: ${problem}`);
    const { last_write_at: wroteAt } = await system.health();
    const moved = Date.parse(wroteAt ?? '') - Date.now();
    if (!(Math.abs(moved - seconds * 1000) < WORKS_MS))
      throw new Error(
        `the clock was moved by ${seconds} s, but sales were written at ${wroteAt} (before: ${before.last_write_at})`,
      );
    await wait(2 * TICK_MS);
  } finally {
    clock.set(0);
  }
}

const noClock: Impossible | null =
  whyNoFakeClock === null ? null : { reason: whyNoFakeClock, isService: process.platform === 'linux' };

export const MACHINE_FAULTS: readonly Fault[] = [
  {
    name: 'full disk',
    impossible: whyNoSmallDisk === null ? null : { reason: whyNoSmallDisk, isService: false },
    apply: async (system) => {
      const { till, watch } = system;
      const refused = till.refusals;
      await whileFull(system, async () => {
        await until(
          'a delivery is refused while the disk is full',
          () => till.refusals > refused + 1,
          FULL_MS,
        );
        const isNotOk = () => watch.status !== null && watch.status !== 'ok';
        await until('health is not ok while the disk is full', isNotOk, 2 * TICK_MS);
        await wait(2 * TICK_MS);
      });
      return recovers;
    },
  },
  {
    name: 'workerd killed on a full disk',
    impossible: whyNoSmallDisk === null ? null : { reason: whyNoSmallDisk, isService: false },
    apply: async (system) => {
      const before = system.process.output().length;
      const isBack = () => /workerd ended unexpectedly/.test(system.process.output().slice(before));
      await whileFull(system, async () => {
        await system.signalChildren('workerd', 'SIGKILL');
        await until('workerd is started again while the disk is full', isBack, FULL_MS);
        await wait(2 * TICK_MS);
      });
      return recovers;
    },
  },
  {
    name: 'ended and started on a full disk',
    impossible: whyNoSmallDisk === null ? null : { reason: whyNoSmallDisk, isService: false },
    apply: async (system) => {
      await whileFull(system, async () => {
        await endCleanly(system);
        const outcome = await system.start().then(
          () => 'it started',
          (error: Error) => error.message,
        );
        if (!/The disk of .* is full\./.test(outcome)) throw new Error(`a start on a full disk: ${outcome}`);
      });
      return restart;
    },
  },
  {
    name: 'clock set forward by hours, and back',
    impossible: noClock,
    apply: async (system, random) => {
      await whileClockIs(system, 3600 + Math.floor(random() * 7 * 3600));
      return recovers;
    },
  },
  {
    name: 'clock set back by minutes, and forward',
    impossible: noClock,
    apply: async (system, random) => {
      await whileClockIs(system, -60 - Math.floor(random() * 540));
      return recovers;
    },
  },
];
