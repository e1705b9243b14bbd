import { spawn } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';

/** What vitest's JSON reporter writes, as far as it is read here. */
interface Report {
  readonly numPassedTests: number;
  readonly numFailedTests: number;
  readonly testResults: readonly {
    readonly message?: string;
    readonly assertionResults: readonly { readonly status: string; readonly fullName: string }[];
  }[];
}

export interface TestRun {
  readonly passed: number;
  /** Full name of the first test that failed; null when none did. */
  readonly failedTest: string | null;
  /** Why the tests could not be run to a result; null when they could. */
  readonly problem: string | null;
  readonly seconds: number;
}

/** Runs some test files of a checkout and stops at the first failure. */
export async function runTests(checkout: string, files: readonly string[]): Promise<TestRun> {
  const start = performance.now();
  const reportFile = join(checkout, 'node_modules/mutation-report.json');
  const args = [
    join(checkout, 'node_modules/vitest/vitest.mjs'),
    ...['run', '--config', 'test/vitest.config.ts', '--bail', '1'],
    ...['--reporter', 'json', '--outputFile', reportFile],
    ...projectsOf(files).flatMap((project) => ['--project', project]),
    ...files,
  ];
  const { code, output } = await runNode(args, checkout);
  const seconds = Math.round((performance.now() - start) / 1000);
  const report = await readReport(reportFile, output);
  if (typeof report === 'string') return { passed: 0, failedTest: null, problem: report, seconds };
  const failed = report.testResults
    .flatMap(({ assertionResults }) => assertionResults)
    .find(({ status }) => status === 'failed');
  // A file that cannot be loaded has no failed test: that is a broken mutation, not a killed one.
  const unloaded = report.testResults.find(({ message }) => message)?.message;
  const problem =
    code === 0 || failed ? null : (unloaded ?? (output.slice(-2000) || `vitest ended with ${code}`));
  return { passed: report.numPassedTests, failedTest: failed?.fullName ?? null, problem, seconds };
}

/** The projects of test/vitest.config.ts that the files belong to: those of the others need not be set up. */
function projectsOf(files: readonly string[]): string[] {
  const folders = files.map((file) => /^test\/(unit|workers|integration)\//.exec(file)?.[1]);
  return [...new Set(folders.filter((folder) => folder !== undefined))];
}

function runNode(args: readonly string[], cwd: string): Promise<{ code: number | null; output: string }> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, args, {
      cwd,
      // With CI set, vitest compares snapshots and writes none.
      env: { ...process.env, CI: 'true', REQUIRE_SERVICES: '1', WRANGLER_SEND_METRICS: 'false' },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let output = '';
    const collect = (chunk: Buffer) => {
      output += chunk.toString();
    };
    child.stdout.on('data', collect);
    child.stderr.on('data', collect);
    child.on('error', reject);
    child.on('close', (code) => resolve({ code, output }));
  });
}

/** @returns the report, or what vitest printed instead of writing one */
async function readReport(file: string, output: string): Promise<Report | string> {
  try {
    return JSON.parse(await readFile(file, 'utf8')) as Report;
  } catch {
    return output.slice(-2000) || 'vitest has written no report';
  }
}
