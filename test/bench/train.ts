import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { generateSyntheticDataset } from '../../workers/trainer/data/synthetic/generate-dataset.ts';
import { writeCsvDirectory } from '../../workers/trainer/data/synthetic/write-csv.ts';
import { boosterParams, PARAMETER_DEFAULTS } from '../../workers/trainer/model/parameters.ts';
import { recipeOf } from '../../workers/trainer/model/recipe.ts';
import { PINNED_VERSION } from '../../workers/trainer/model/xgboost/library-names.ts';
import { ensureVirtualEnvironment } from '../support/processes/virtual-environment.ts';
import { type Contestant, type Measurement, measure, medianOf } from './train/contestant.ts';

const PACKAGES = ['pandas==2.3.3', `xgboost-cpu==${PINNED_VERSION}`];
const here = (name: string) => fileURLToPath(new URL(`train/${name}`, import.meta.url));

/**
 * `npm run bench -- train [--json] [--stores N] [--rows N] [--rounds N] [--passes N] [--threads N]`: our training
 * compared with the plain recipe in pandas and XGBoost (13 columns of store, family, date, holiday, oil, promotion,
 * earlier tickets).
 *
 * Both read the same CSV files before the clock starts, and fit on as many rows with the same parameters, XGBoost
 * release and number of threads, each in its own process, alternating. The work differs: the plain recipe has a row per
 * series and day and 13 columns; ours has a row per series, origin and day ahead and all our features, so building and
 * fitting are more work for as many rows.
 */
export async function run(args: readonly string[]): Promise<void> {
  const flags = readFlags(args);
  const directory = await mkdtemp(join(tmpdir(), 'bench-train-'));
  try {
    const programs = await ensureVirtualEnvironment('bench-train', PACKAGES);
    const { dataset } = generateSyntheticDataset({ stores: flags.stores });
    await writeCsvDirectory(dataset, directory);
    const contestants: readonly Contestant[] = [
      { name: 'ours', command: [process.execPath, here('our-recipe.ts')] },
      { name: 'seed_recipe', command: [join(programs, 'python'), here('seed_recipe.py')] },
    ];
    const params = JSON.stringify(boosterParams({ ...PARAMETER_DEFAULTS, seed: 1 }));
    const settings = [flags.rows, flags.rounds, flags.threads].map(String);
    const runs = contestants.map((): Measurement[] => []);
    for (let pass = 1; pass <= flags.passes; pass++) {
      for (const [i, contestant] of contestants.entries()) {
        process.stderr.write(`pass ${pass} of ${flags.passes}: ${contestant.name}\n`);
        runs[i]?.push(await measure(contestant, [directory, ...settings, params]));
      }
    }
    const [ours, seed] = runs.map(medianOf) as [Measurement, Measurement];
    tell(ours, seed, flags);
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
}

function tell(ours: Measurement, seed: Measurement, flags: ReturnType<typeof readFlags>): void {
  const report = { ours: figuresOf(ours), seed_recipe: figuresOf(seed) };
  const ratio = (of: (figures: Figures) => number) => rounded(of(report.ours) / of(report.seed_recipe), 3);
  const summary = {
    ratio_total: ratio(({ total_seconds }) => total_seconds),
    ratio_total_cpu: ratio(({ total_cpu_seconds }) => total_cpu_seconds),
    ratio_features_rows_per_cpu_second: ratio(
      ({ feature_rows_per_cpu_second }) => feature_rows_per_cpu_second,
    ),
    ratio_fit: ratio(({ fit_seconds }) => fit_seconds),
    ratio_peak_memory: ratio(({ peak_mb }) => peak_mb),
    ...report,
    rounds: flags.rounds,
    threads: flags.threads,
    passes: flags.passes,
    xgboost: ours.xgboost,
  };
  console.table(report);
  process.stdout.write(
    'Ours over the plain recipe; below 1 ours takes less. Ours: a row per series, origin and day ahead, ' +
      `${ours.columns} columns; the plain recipe: a row per series and day, ${seed.columns} columns.\n` +
      `total time ${summary.ratio_total} (CPU ${summary.ratio_total_cpu}), fit ${summary.ratio_fit}, ` +
      `rows of features built per CPU second ${summary.ratio_features_rows_per_cpu_second}, peak memory ${summary.ratio_peak_memory}\n`,
  );
  if (flags.json) process.stdout.write(`${JSON.stringify(summary)}\n`);
}

interface Figures {
  readonly built_rows: number;
  readonly fitted_rows: number;
  readonly columns: number;
  /** In CPU time, so that other load on the machine counts less. */
  readonly feature_rows_per_cpu_second: number;
  readonly feature_seconds: number;
  readonly fit_seconds: number;
  readonly total_seconds: number;
  readonly total_cpu_seconds: number;
  readonly peak_mb: number;
}

function figuresOf(run: Measurement): Figures {
  return {
    built_rows: run.built_rows,
    fitted_rows: run.fitted_rows,
    columns: run.columns,
    feature_rows_per_cpu_second: Math.round(run.built_rows / run.feature_cpu_seconds),
    feature_seconds: rounded(run.feature_seconds, 2),
    fit_seconds: rounded(run.fit_seconds, 2),
    total_seconds: rounded(run.feature_seconds + run.fit_seconds, 2),
    total_cpu_seconds: rounded(run.feature_cpu_seconds + run.fit_cpu_seconds, 2),
    peak_mb: Math.round(run.peak_mb),
  };
}

function rounded(value: number, digits: number): number {
  return Number(value.toFixed(digits));
}

function readFlags(args: readonly string[]) {
  const number = { type: 'string' } as const;
  const { values } = parseArgs({
    args: [...args],
    options: {
      json: { type: 'boolean' },
      ...{ stores: number, rows: number, rounds: number, passes: number, threads: number },
    },
  });
  const { rounds, maxRows } = recipeOf({ ...PARAMETER_DEFAULTS, seed: 1 });
  return {
    json: values.json ?? false,
    stores: Number(values.stores ?? 6),
    rows: Number(values.rows ?? maxRows),
    rounds: Number(values.rounds ?? rounds),
    passes: Number(values.passes ?? 3),
    threads: Number(values.threads ?? 2),
  };
}
