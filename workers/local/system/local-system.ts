import { join } from 'node:path';
import type { ObjectStore } from '../../../shared/artifacts/object-store.ts';
import type { EpochMs } from '../../../shared/calendar/business-clock.ts';
import { chooseAudits } from '../../../shared/sales-store/bindings/choose-audits.ts';
import { chooseStore } from '../../../shared/sales-store/bindings/choose-store.ts';
import type { BucketAudit } from '../../../shared/sales-store/bucket-audit.ts';
import type { PartitionedStore } from '../../../shared/sales-store/partitioned/partitioned-store.ts';
import { startRuntime, toObjectStore } from './runtime.ts';
import { readSchedule, type WorkerBuild } from './worker-build.ts';

export interface LocalSystemOptions {
  readonly build: WorkerBuild;
  readonly dataDir: string;
  readonly host: string;
  readonly port: number;
  /** Variables that replace those of wrangler.toml. */
  readonly vars: Readonly<Record<string, string>>;
  /** Receives every line that the Worker logs. */
  readonly onLog: (level: string, message: string) => void;
}

/**
 * The standalone Worker in workerd on this machine, its storage below the data directory. Read `objects`, `store` and
 * `audits` from it for each use: workerd may have been started again in between.
 */
export interface LocalSystem {
  readonly url: URL;
  readonly objects: ObjectStore;
  readonly store: PartitionedStore;
  /** The audits that check or repair the buckets of each partition. */
  readonly audits: readonly BucketAudit[];
  /** BUSINESS_TIME_ZONE of wrangler.toml. */
  readonly timeZone: string;
  /** Cron patterns of wrangler.toml. */
  readonly crons: readonly string[];
  /** Sends a request to the API without the network. */
  fetch(path: string): Promise<Response>;
  /** Runs the scheduled handler as the platform would. @throws when the handler rejects. */
  scheduled(instant: EpochMs, cron: string): Promise<void>;
  /** Rejects once workerd cannot be kept running. @throws {StartError} */
  readonly failed: Promise<never>;
  /** Ends workerd. */
  stop(): Promise<void>;
}

/** @throws {StartError} when the address is taken or workerd cannot start. */
export async function openLocalSystem(options: LocalSystemOptions): Promise<LocalSystem> {
  const { build } = options;
  const workers = [
    {
      ...build.options,
      name: 'standalone',
      bindings: { ...build.options.bindings, ...options.vars },
      modulesRoot: join(options.dataDir, 'worker'),
      modules: [...build.modules],
    },
  ];
  const runtime = await startRuntime(options, workers, async (miniflare) => {
    const [worker, bucket, stores] = await Promise.all([
      miniflare.getWorker(),
      miniflare.getR2Bucket('ARTIFACTS'),
      miniflare.getDurableObjectNamespace('SALES_STORE'),
    ]);
    const bindings = { ...options.vars, SALES_STORE: stores };
    return {
      worker,
      objects: toObjectStore(bucket),
      store: chooseStore(bindings),
      audits: chooseAudits(bindings),
    };
  });

  return {
    ...readSchedule(build.options),
    url: runtime.url,
    get objects() {
      return runtime.stubs().objects;
    },
    get store() {
      return runtime.stubs().store;
    },
    get audits() {
      return runtime.stubs().audits;
    },
    fetch: runtime.fetch,
    scheduled: async (instant, cron) => {
      const { outcome } = await runtime.stubs().worker.scheduled({ scheduledTime: new Date(instant), cron });
      if (outcome !== 'ok')
        throw new Error(`the run of ${new Date(instant).toISOString()} ended with ${outcome}`);
    },
    failed: runtime.failed,
    stop: runtime.stop,
  };
}
