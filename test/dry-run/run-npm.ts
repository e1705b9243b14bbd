import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
/**
 * The variables that a command needs on this machine; nothing else of the environment reaches it, least of all a real
 * account.
 */
const PASSED_ON = ['PATH', 'HOME', 'TMPDIR', 'LANG', 'XGBOOST_LIBRARY', 'PIP_INDEX_URL', 'SSL_CERT_FILE'];

/** Runs a script of package.json as the workflow does. @returns its exit code */
export async function runNpm(
  script: string,
  args: readonly string[],
  environment: Readonly<Record<string, string>>,
): Promise<number> {
  const inherited = Object.fromEntries(PASSED_ON.map((name) => [name, process.env[name]]));
  const child = spawn('npm', ['run', '--silent', script, '--', ...args], {
    cwd: ROOT,
    env: { ...inherited, ...environment },
    stdio: 'inherit',
  });
  const [code] = (await once(child, 'exit')) as [number | null];
  return code ?? 1;
}
