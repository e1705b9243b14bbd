import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { ensureVirtualEnvironment } from '../../support/processes/virtual-environment.ts';

const REQUIREMENTS = 'test/bench/peers/requirements.txt';

/** The peers' packages, pinned. */
export const PEER_PACKAGES = readRequirements();

/** The name of the peers' virtual environment. */
export const PEERS_ENVIRONMENT = 'bench-peers';

/** Thrown if the peers cannot run; names what is missing. */
export class PeersUnavailableError extends Error {
  override name = 'PeersUnavailableError';
}

/**
 * The Python with the peers' packages, which are installed on first use.
 *
 * @throws {PeersUnavailableError}
 */
export async function openPeersPython(): Promise<string> {
  try {
    return join(await ensureVirtualEnvironment(PEERS_ENVIRONMENT, PEER_PACKAGES), 'python');
  } catch (error) {
    throw new PeersUnavailableError(explainFailure(error, process.env.PYTHON ?? 'python3'));
  }
}

/** Why `program` has not created the environment, and what to do. */
export function explainFailure(error: unknown, program: string): string {
  if (error instanceof Error && 'code' in error && error.code === 'ENOENT') {
    return `The peers are Python packages, and there is no "${program}" here. Install Python 3.11 or newer with venv and pip, or name its program in PYTHON.`;
  }
  const said = error instanceof Error && 'stderr' in error ? String(error.stderr).trim().split('\n') : [];
  const reason = said.findLast((line) => /error/i.test(line)) ?? said.at(-1) ?? String(error);
  return (
    `The packages of ${REQUIREMENTS} cannot be installed with "${program}": ${reason}\n` +
    'The peers need Python 3.11 or newer with venv and pip, and a package index that pip can reach.'
  );
}

function readRequirements(): readonly string[] {
  const text = readFileSync(fileURLToPath(new URL('requirements.txt', import.meta.url)), 'utf8');
  return text.split('\n').filter((line) => line !== '' && !line.startsWith('#'));
}
