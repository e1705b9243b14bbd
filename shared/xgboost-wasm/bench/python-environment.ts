import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync } from 'node:fs';
import { join } from 'node:path';

export interface PythonEnvironment {
  readonly python: string;
  /** Additional PYTHONPATH; empty when the environment itself has the current release. */
  readonly path: string;
}

function run(program: string, args: readonly string[]): string {
  return execFileSync(program, args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] });
}

/**
 * A virtual environment with the current xgboost-cpu, made on first use. The newest release may want a newer Python
 * than the machine has; its wheel holds a library and plain Python that run on 3.11 too, so it is unpacked beside.
 */
export function ensurePython(folder: string): PythonEnvironment {
  const venv = join(folder, 'venv');
  const python = join(venv, 'bin', 'python');
  const unpacked = join(folder, 'xgboost-current');
  mkdirSync(folder, { recursive: true });
  if (!existsSync(python)) {
    run(process.env.PYTHON ?? 'python3', ['-m', 'venv', venv]);
    run(python, ['-m', 'pip', 'install', '-q', 'xgboost-cpu', 'numpy', 'scipy']);
  }
  if (run(python, ['-c', 'import sys; print(sys.version_info >= (3, 12))']).trim() === 'True') {
    return { python, path: '' };
  }
  if (!existsSync(unpacked)) {
    const only = ['--python-version', '3.12', '--only-binary=:all:', '--no-deps'];
    run(python, ['-m', 'pip', 'download', '-q', ...only, '-d', folder, 'xgboost-cpu']);
    const wheel = readdirSync(folder).find(
      (name) => name.startsWith('xgboost_cpu-') && name.endsWith('.whl'),
    );
    if (wheel === undefined) return { python, path: '' };
    run(python, ['-m', 'zipfile', '-e', join(folder, wheel), unpacked]);
  }
  return { python, path: unpacked };
}
