import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { z } from 'zod';

/** The measurements of one training run in its own process. */
const measurementSchema = z.object({
  /** Rows whose columns were computed. */
  built_rows: z.number(),
  columns: z.number(),
  /** Rows that were fitted on. */
  fitted_rows: z.number(),
  feature_seconds: z.number(),
  feature_cpu_seconds: z.number(),
  fit_seconds: z.number(),
  fit_cpu_seconds: z.number(),
  /** Peak resident memory of the process, including reading the files. */
  peak_mb: z.number(),
  xgboost: z.string(),
});
export type Measurement = z.infer<typeof measurementSchema>;

export interface Contestant {
  readonly name: string;
  /** Program and first arguments. */
  readonly command: readonly [program: string, ...args: string[]];
}

/** Runs a contestant once; its last line is its measurement. */
export async function measure({ command }: Contestant, args: readonly string[]): Promise<Measurement> {
  const [program, ...first] = command;
  const env = { ...process.env, OMP_WAIT_POLICY: 'passive' };
  const { stdout } = await promisify(execFile)(program, [...first, ...args], { env, maxBuffer: 2 ** 24 });
  return measurementSchema.parse(JSON.parse(stdout.trim().split('\n').at(-1) ?? ''));
}

/** The median of each figure over several runs. */
export function medianOf(runs: readonly Measurement[]): Measurement {
  const [first] = runs;
  if (!first) throw new RangeError('no runs');
  const median = (of: (run: Measurement) => number) => {
    const sorted = runs.map(of).sort((left, right) => left - right);
    return sorted[Math.floor(sorted.length / 2)] as number;
  };
  return {
    ...first,
    feature_seconds: median((run) => run.feature_seconds),
    feature_cpu_seconds: median((run) => run.feature_cpu_seconds),
    fit_seconds: median((run) => run.fit_seconds),
    fit_cpu_seconds: median((run) => run.fit_cpu_seconds),
    peak_mb: median((run) => run.peak_mb),
  };
}
