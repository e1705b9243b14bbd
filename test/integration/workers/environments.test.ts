import { existsSync } from 'node:fs';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, dirname, join, relative } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { unstable_readConfig } from 'wrangler';
import { buildWorker } from '../../../workers/local/system/worker-build.ts';
import { repositoryRoot } from '../../support/processes/local-process.ts';

/** The part of wrangler's configuration that is read here. */
interface Config {
  readonly name: string;
  readonly main?: string;
  readonly triggers: { readonly crons?: readonly string[] };
  readonly routes?: readonly unknown[];
  readonly workers_dev?: boolean;
  readonly vars: object;
  readonly secrets?: { readonly required?: readonly string[] };
  readonly r2_buckets: readonly { readonly binding: string }[];
  readonly durable_objects: { readonly bindings: readonly { readonly name: string }[] };
  readonly migrations: readonly unknown[];
  readonly services?: readonly { readonly binding: string; service: string; entrypoint?: string }[];
  readonly ratelimits: readonly { readonly name: string; readonly namespace_id: string }[];
  readonly assets?: { readonly directory: string; readonly binding?: string };
  readonly kv_namespaces: readonly unknown[];
  readonly d1_databases: readonly unknown[];
  readonly queues: { readonly producers?: readonly unknown[] };
  readonly workflows: readonly unknown[];
  readonly hyperdrive: readonly unknown[];
}

/** What a deployed Worker is given, as wrangler resolves it, inheritance included. */
function resolve(env?: string) {
  const config: Config = unstable_readConfig(
    { config: join(repositoryRoot, 'wrangler.toml'), ...(env !== undefined && { env }) },
    { hideWarnings: true },
  );
  return {
    name: config.name,
    main: relative(repositoryRoot, config.main ?? ''),
    crons: config.triggers.crons,
    routes: config.routes ?? [],
    hasAddress: config.workers_dev,
    vars: Object.keys(config.vars).sort(),
    secrets: config.secrets?.required ?? [],
    buckets: config.r2_buckets.map(({ binding }) => binding),
    objects: config.durable_objects.bindings.map(({ name }) => name),
    migrations: config.migrations.length,
    services: (config.services ?? []).map(({ binding, service, entrypoint }) => ({
      binding,
      service,
      entrypoint,
    })),
    limits: config.ratelimits.map(({ name }) => name).sort(),
    limitNamespaces: config.ratelimits.map(({ namespace_id }) => namespace_id),
    assets: config.assets && { directory: config.assets.directory, binding: config.assets.binding },
    others: [
      ...config.kv_namespaces,
      ...config.d1_databases,
      ...(config.queues.producers ?? []),
      ...config.workflows,
      ...config.hyperdrive,
    ],
  };
}

const NOTHING = { routes: [], objects: [], migrations: 0, services: [], limits: [], others: [] };
const NO_ASSETS = { directory: 'workers/no-assets', binding: undefined };
const DASHBOARD = { directory: 'dashboard/dist', binding: 'ASSETS' };

describe('wrangler.toml gives', () => {
  it('the standalone Worker its own store, every cron and the dashboard, and asks for no secret', () => {
    expect(resolve()).toMatchObject({
      main: 'workers/standalone/worker.ts',
      crons: ['*/5 * * * *'],
      secrets: [],
      buckets: ['ARTIFACTS'],
      objects: ['SALES_STORE', 'PIPELINE_STATUS'],
      migrations: 1,
      services: [],
      limits: ['INGEST_LIMITER', 'REQUEST_LIMITER'],
      assets: DASHBOARD,
    });
  });

  it('the producer the token that may append, day sheets, a cron and no address', () => {
    expect(resolve('producer')).toMatchObject({
      ...NOTHING,
      name: 'retail-demand-producer',
      main: 'workers/producer/worker.ts',
      crons: ['*/5 * * * *'],
      hasAddress: false,
      vars: ['BUSINESS_TIME_ZONE'],
      secrets: ['UPSTASH_REDIS_REST_URL', 'UPSTASH_REDIS_REST_TOKEN'],
      buckets: ['ARTIFACTS'],
      assets: NO_ASSETS,
    });
  });

  it('the aggregator the same, a minute later', () => {
    expect(resolve('aggregator')).toMatchObject({
      ...NOTHING,
      name: 'retail-demand-aggregator',
      main: 'workers/aggregator/worker.ts',
      crons: ['1-59/5 * * * *'],
      hasAddress: false,
      vars: ['BUSINESS_TIME_ZONE'],
      secrets: ['UPSTASH_REDIS_REST_URL', 'UPSTASH_REDIS_REST_TOKEN'],
      buckets: ['ARTIFACTS'],
      assets: NO_ASSETS,
    });
  });

  it('the API a token that only reads, the producer behind a binding, limits, pages, and no cron', () => {
    expect(resolve('api')).toMatchObject({
      ...NOTHING,
      name: 'retail-demand-api',
      main: 'workers/api/worker.ts',
      crons: [],
      hasAddress: true,
      vars: ['BUSINESS_TIME_ZONE'],
      secrets: ['UPSTASH_REDIS_REST_URL', 'UPSTASH_REDIS_REST_READONLY_TOKEN', 'INGEST_API_KEYS'],
      buckets: ['ARTIFACTS'],
      services: [{ binding: 'PRODUCER', service: 'retail-demand-producer', entrypoint: 'Intake' }],
      limits: ['INGEST_LIMITER', 'REQUEST_LIMITER'],
      assets: DASHBOARD,
    });
  });

  it('every limit a counter of its own', () => {
    const ids = [resolve(), resolve('api')].flatMap(({ limitNamespaces }) => limitNamespaces);
    expect(new Set(ids).size).toBe(ids.length);
  });
});

it('the README says how to set every secret', async () => {
  const readme = await readFile(join(repositoryRoot, 'README.md'), 'utf8');
  for (const env of ['producer', 'aggregator', 'api']) {
    for (const secret of resolve(env).secrets) {
      expect(readme).toContain(`wrangler secret put ${secret} --env ${env}`);
    }
  }
});

describe('the Worker of', () => {
  let directory = '';
  beforeAll(async () => {
    directory = await mkdtemp(join(tmpdir(), 'bundles-'));
  });
  afterAll(() => rm(directory, { recursive: true, force: true }));

  it.each(['producer', 'aggregator', 'api'])('%s bundles, and is under 1 MB compressed', async (env) => {
    const { main } = resolve(env);
    expect(existsSync(join(repositoryRoot, main))).toBe(true);
    expect(basename(dirname(main))).toBe(env);
    const { modules } = await buildWorker(repositoryRoot, join(directory, env), env);
    const bytes = modules.reduce((sum, { contents }) => sum + gzipSync(contents).length, 0);
    console.info(`${env}: ${Math.round(bytes / 1000)} KB compressed`);
    expect(bytes).toBeLessThan(1_000_000);
    expect(bytes).toBeGreaterThan(10_000);
    expect(modules.some(({ type }) => type === 'CompiledWasm')).toBe(env === 'api');
  });
});
