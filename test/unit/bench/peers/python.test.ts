import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';
import { explainFailure, PEER_PACKAGES } from '../../../bench/peers/python.ts';

/** What running a program that fails throws. */
function failureOf(program: string, args: readonly string[]): Promise<unknown> {
  return promisify(execFile)(program, [...args]).then(
    () => undefined,
    (error: unknown) => error,
  );
}

describe('where the peers cannot be installed', () => {
  it('a missing Python is named, and how to name another', async () => {
    const message = explainFailure(await failureOf('no-such-python', ['-V']), 'no-such-python');
    expect(message).toContain('there is no "no-such-python" here');
    expect(message).toContain('PYTHON');
  });

  it("pip's reason is passed on", async () => {
    const script =
      'console.error("WARNING: retrying\\nERROR: No matching distribution\\n[notice] new release"); process.exit(1)';
    const message = explainFailure(await failureOf(process.execPath, ['-e', script]), 'python3');
    expect(message).toContain('cannot be installed with "python3": ERROR: No matching distribution');
    expect(message).toContain('Python 3.11 or newer');
  });

  it('their packages are pinned', () => {
    expect(PEER_PACKAGES.length).toBeGreaterThan(2);
    for (const requirement of PEER_PACKAGES) expect(requirement).toMatch(/^[a-z-]+==\d[\d.]+$/);
  });
});
