import { fileURLToPath } from 'node:url';
import { cloudflareTest } from '@cloudflare/vitest-plugin';
import { defineConfig } from 'vitest/config';
import { openRunDirectory } from './support/processes/run-directory.ts';
import SkippedReporter from './support/reporters/skipped.ts';

const root = fileURLToPath(new URL('..', import.meta.url));
// Workers, runtimes and every process that a test starts take it over.
process.env.TMPDIR = openRunDirectory();
const inWorkerd = () => cloudflareTest({ wrangler: { configPath: `${root}wrangler.toml` } });

/** A file for every core, as files share no port, directory or database. */
const WORKERS = '100%';

/** Whole runs of minutes: `npm run test:extended`. */
const LONG = {
  root,
  test: {
    name: 'long',
    include: ['test/long/**/*.test.ts'],
    testTimeout: 900_000,
    hookTimeout: 900_000,
  },
};

/**
 * One project per kind of test: pure code, the engine, code inside workerd, and whole systems with real processes.
 */
export default defineConfig({
  root,
  test: {
    maxWorkers: WORKERS,
    env: {
      // Tests start some fifty processes; each of them would compile the same files again.
      NODE_COMPILE_CACHE: `${root}.cache/node`,
      // A test file on every core: more threads of one fit would wait for each other by spinning.
      OMP_THREAD_LIMIT: '1',
      // Code inside workerd sees these variables only.
      ALL_RUNS: process.env.ALL_RUNS ?? '',
    },
    reporters: ['default', new SkippedReporter()],
    projects: [
      {
        root,
        // Pure code keeps nothing between files: a process for each would cost more than its tests.
        test: {
          name: 'unit',
          include: ['test/unit/**/*.test.ts'],
          testTimeout: 30_000,
          isolate: false,
        },
      },
      {
        root,
        test: {
          name: 'xgboost-wasm',
          include: ['shared/xgboost-wasm/test/**/*.test.ts'],
          exclude: ['**/*.workerd.test.ts'],
          testTimeout: 120_000,
        },
      },
      {
        root,
        plugins: [inWorkerd()],
        test: {
          name: 'workers',
          include: ['test/workers/**/*.test.ts', 'shared/xgboost-wasm/test/**/*.workerd.test.ts'],
          testTimeout: 60_000,
          // itty-durable ships ES modules without saying so; a bundler copes, Node's loader rules do not.
          deps: { optimizer: { ssr: { enabled: true, include: ['itty-durable'] } } },
        },
      },
      {
        root,
        test: {
          name: 'integration',
          include: ['test/integration/**/*.test.ts', 'test/e2e/**/*.test.ts'],
          testTimeout: 300_000,
          hookTimeout: 300_000,
        },
      },
      ...(process.env.ALL_RUNS === '1' ? [LONG] : []),
    ],
  },
});
