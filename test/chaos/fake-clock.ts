import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const SOURCE = fileURLToPath(new URL('clock.c', import.meta.url));

/** A wall clock that can be set, for processes that start with `env`. */
export interface FakeClock {
  readonly env: Readonly<Record<string, string>>;
  /** Moves the clock by whole seconds away from the real time, at once and in every process. */
  set(seconds: number): void;
}

/** Why no clock can be set here; null where one can. */
export const whyNoFakeClock: string | null =
  process.platform !== 'linux'
    ? 'setting the clock of single processes needs Linux'
    : spawnSync('cc', ['--version']).status !== 0
      ? 'setting the clock needs a C compiler (apt-get install gcc libc6-dev)'
      : null;

/** Compiles the library that moves the clock into a directory. @throws with the message of the compiler. */
export function createFakeClock(directory: string): FakeClock {
  const library = join(directory, 'clock.so');
  const offset = join(directory, 'clock.offset');
  const { status, stderr } = spawnSync('cc', ['-O2', '-shared', '-fPIC', '-o', library, SOURCE]);
  if (status !== 0) throw new Error(`cc cannot compile ${SOURCE}: ${stderr}`);
  const set = (seconds: number) => {
    const bytes = Buffer.alloc(8);
    bytes.writeBigInt64LE(BigInt(seconds) * 1000n);
    // In place: processes have mapped this file.
    writeFileSync(offset, bytes, { flag: 'r+' });
  };
  writeFileSync(offset, Buffer.alloc(8));
  return { env: { LD_PRELOAD: library, CHAOS_CLOCK: offset }, set };
}
