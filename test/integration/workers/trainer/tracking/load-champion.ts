import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { ensureVirtualEnvironment } from '../../../../support/processes/virtual-environment.ts';
import { MLFLOW_PACKAGES } from '../../../../support/stand-ins/mlflow-packages.ts';

const PROGRAM = fileURLToPath(new URL('load_champion.py', import.meta.url));

export interface LoadedChampion {
  /** The class of the model. */
  readonly kind: string;
  readonly rounds: number;
  readonly predictions: readonly number[];
}

/** Lets MLflow's own client load `models:/<model>@champion` with Python's XGBoost, and predict. */
export async function loadChampion(
  url: string,
  model: string,
  rows: readonly (readonly number[])[],
): Promise<LoadedChampion> {
  const programs = await ensureVirtualEnvironment('mlflow', MLFLOW_PACKAGES);
  const running = promisify(execFile)(join(programs, 'python'), [PROGRAM, url, model], {
    env: { ...process.env, MLFLOW_DISABLE_TELEMETRY: 'true', DO_NOT_TRACK: 'true' },
  });
  running.child.stdin?.end(JSON.stringify(rows));
  return JSON.parse((await running).stdout);
}
