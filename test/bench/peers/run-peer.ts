import { spawn } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { z } from 'zod';

const PROGRAM = fileURLToPath(new URL('peers.py', import.meta.url));

const costSchema = z.object({
  /** User CPU of fits and forecasts. */
  cpu_seconds: z.number(),
  /** Peak resident memory of the peer's process. */
  peak_mb: z.number(),
  /** Series, counted in each window, that it could not forecast; the seasonal naive forecast replaces them. */
  replaced: z.int(),
});
export type PeerCost = z.infer<typeof costSchema>;

/** Thrown if a peer's process fails, or its forecasts are incomplete. */
export class PeerError extends Error {
  override name = 'PeerError';
}

export interface PeerPlace {
  /** The program with the packages. */
  readonly python: string;
  /** The output directory of `exportPanel`. */
  readonly directory: string;
  readonly threads: number;
}

/**
 * Runs a peer on some windows, in a process of its own, which reports its progress on standard error.
 *
 * @throws {PeerError}
 */
export async function runPeer(place: PeerPlace, name: string, windows: readonly number[]): Promise<PeerCost> {
  const threads = String(place.threads);
  const child = spawn(place.python, [PROGRAM, place.directory, name, ...windows.map(String)], {
    stdio: ['ignore', 'pipe', 'inherit'],
    // A waiting thread must not count as CPU time; warnings about constant series are noise.
    env: {
      ...process.env,
      OMP_WAIT_POLICY: 'passive',
      OMP_NUM_THREADS: threads,
      OPENBLAS_NUM_THREADS: threads,
      PYTHONWARNINGS: 'ignore',
    },
  });
  const closed = new Promise<number | null>((resolve, reject) => {
    child.on('error', reject);
    child.on('close', resolve);
  });
  const [output, code] = await Promise.all([text(child.stdout), closed]);
  if (code !== 0) throw new PeerError(`${name} ended with exit code ${code}: see its words above`);
  return costSchema.parse(JSON.parse(output.trim().split('\n').at(-1) ?? ''));
}

/**
 * A peer's forecasts of a window.
 *
 * @param count expected number of values
 * @throws {PeerError}
 */
export async function readForecast(
  { directory }: Pick<PeerPlace, 'directory'>,
  name: string,
  window: number,
  count: number,
): Promise<Float64Array> {
  const bytes = await readFile(join(directory, `${name}-${window}.f64`));
  const units = new Float64Array(new Uint8Array(bytes).buffer);
  if (units.length !== count || !units.every(Number.isFinite)) {
    throw new PeerError(
      `${name} forecast ${units.length} values for window ${window + 1}, not ${count} numbers`,
    );
  }
  return units;
}
