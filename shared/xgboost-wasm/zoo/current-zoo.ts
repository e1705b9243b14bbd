import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { readFile, rename } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { CACHE_FOLDER, ensurePython, run } from './python-environment.ts';

const SCRIPTS = ['make_zoo.py', 'cases.py', 'thresholds.py', 'datasets.py'];
const ROWS = 1500;
const TRAINING_ROWS = 3000;

/** A zoo is regenerated when its scripts, its size or the release of XGBoost change. */
async function zooName(release: string): Promise<string> {
  const hash = createHash('sha256').update(`${release} ${ROWS} ${TRAINING_ROWS}`);
  for (const script of SCRIPTS) hash.update(await readFile(new URL(script, import.meta.url)));
  return `zoo-${release}-${hash.digest('hex').slice(0, 12)}.json.gz`;
}

/** The larger zoo of the current XGBoost release, made on first use: 78 models, 1,500 rows each. */
export async function ensureCurrentZoo(): Promise<URL> {
  const { python, env } = await ensurePython('zoo');
  const release = await run(python, ['-c', 'import xgboost; print(xgboost.__version__)'], env);
  const path = join(CACHE_FOLDER, await zooName(release.trim()));
  if (!existsSync(path)) {
    const script = fileURLToPath(new URL('make_zoo.py', import.meta.url));
    const unfinished = path.replace('.json.gz', '.part.json.gz');
    const size = ['--set', 'all', '--rows', String(ROWS), '--train-rows', String(TRAINING_ROWS)];
    await run(python, [script, unfinished, ...size], env);
    await rename(unfinished, path);
  }
  return pathToFileURL(path);
}
