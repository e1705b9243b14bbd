import { join } from 'node:path';
import type { EpochMs } from '../../../shared/calendar/business-clock.ts';
import { chooseAudits } from '../../../shared/sales-store/bindings/choose-audits.ts';
import { chooseStore } from '../../../shared/sales-store/bindings/choose-store.ts';
import { StartError } from '../command-line/start-error.ts';
import type { LocalSystem } from './local-system.ts';
import { type RuntimeOptions, startRuntime, toObjectStore } from './runtime.ts';
import { buildWorker, hashSources, readSchedule, type WorkerBuild } from './worker-build.ts';

/** The environments of wrangler.toml, the one that answers requests first. */
const ENVIRONMENTS = ['api', 'producer', 'aggregator'] as const;
type Environment = (typeof ENVIRONMENTS)[number];

/** The names that the environments have in wrangler.toml, by which service bindings find them. */
const nameOf = (environment: Environment) => `retail-demand-${environment}`;

export interface SplitSystemOptions extends RuntimeOptions {
  readonly builds: Readonly<Record<Environment, WorkerBuild>>;
  /** Variables that replace those of wrangler.toml, and secrets; each Worker receives those that it may have. */
  readonly vars: Readonly<Record<string, string>>;
  readonly readOnlyToken: string | null;
}

export interface SplitSystem extends LocalSystem {
  /** Runs one scheduled Worker as the platform would. @throws when its handler rejects. */
  run(process: 'producer' | 'aggregator', instant: EpochMs): Promise<void>;
}

/** Builds every Worker of the split deployment. */
export async function buildSplitWorkers(root: string, outDir: string): Promise<SplitSystemOptions['builds']> {
  const sources = await hashSources(root);
  const build = (environment: Environment) =>
    buildWorker(root, join(outDir, environment), environment, sources);
  const [api, producer, aggregator] = await Promise.all([
    build('api'),
    build('producer'),
    build('aggregator'),
  ]);
  return { api, producer, aggregator };
}

/**
 * One Worker per process in one workerd, with Redis between them, as in the split deployment.
 *
 * @throws {StartError} without a read-only token, when the address is taken, or when workerd cannot start.
 */
export async function openSplitSystem(options: SplitSystemOptions): Promise<SplitSystem> {
  const { dataDir, builds, vars, readOnlyToken } = options;
  if (readOnlyToken === null) {
    throw new StartError(
      '--split needs UPSTASH_REDIS_REST_READONLY_TOKEN in the environment.',
      'Copy it from the console of your database, or start with --store redis.',
    );
  }
  const { INGEST_API_KEYS = '', UPSTASH_REDIS_REST_TOKEN = '', ...shared } = vars;
  const secrets: Record<Environment, Record<string, string>> = {
    api: { INGEST_API_KEYS, UPSTASH_REDIS_REST_READONLY_TOKEN: readOnlyToken },
    producer: { UPSTASH_REDIS_REST_TOKEN },
    aggregator: { UPSTASH_REDIS_REST_TOKEN },
  };
  const configured = ENVIRONMENTS.map((environment) => {
    const { modules, options: read } = builds[environment];
    return {
      ...read,
      name: nameOf(environment),
      bindings: { ...read.bindings, ...shared, ...secrets[environment] },
      modulesRoot: join(dataDir, 'worker', environment),
      modules: [...modules],
    };
  });
  const runtime = await startRuntime(options, configured, async (miniflare) => {
    const [producer, aggregator, bucket] = await Promise.all([
      miniflare.getWorker(nameOf('producer')),
      miniflare.getWorker(nameOf('aggregator')),
      miniflare.getR2Bucket('ARTIFACTS', nameOf('producer')),
    ]);
    return { producer, aggregator, objects: toObjectStore(bucket) };
  });
  const run: SplitSystem['run'] = async (process, instant) => {
    const time = new Date(instant);
    const worker = runtime.stubs()[process];
    const { outcome } = await worker.scheduled({ scheduledTime: time, cron: '*/5 * * * *' });
    if (outcome !== 'ok') throw new Error(`the ${process} of ${time.toISOString()} ended with ${outcome}`);
  };

  return {
    // The aggregator's own cron comes a minute later, which is useless with an accelerated clock.
    ...readSchedule(builds.producer.options),
    url: runtime.url,
    get objects() {
      return runtime.stubs().objects;
    },
    store: chooseStore(vars),
    audits: chooseAudits(vars),
    fetch: runtime.fetch,
    run,
    scheduled: async (instant) => {
      const produced = await Promise.allSettled([run('producer', instant)]);
      await run('aggregator', instant);
      for (const outcome of produced) if (outcome.status === 'rejected') throw outcome.reason;
    },
    failed: runtime.failed,
    stop: runtime.stop,
  };
}
