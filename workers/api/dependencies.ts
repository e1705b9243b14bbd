import type { BusinessClock, EpochMs } from '../../shared/calendar/business-clock.ts';
import type { TransactionIntake } from '../../shared/ingest/transaction-intake.ts';
import type { InferenceEngine } from '../../shared/models/inference-engine.ts';
import type { ObjectStore } from '../../shared/models/object-store.ts';
import type { PartitionedStore } from '../../shared/store/partitioned/partitioned-store.ts';
import type { PipelineStatus } from '../../shared/store/pipeline-status/pipeline-status.ts';
import type { RateLimiter } from './access/rate-limiter.ts';
import type { ReportError } from './problems/send-problem.ts';

/** What the API reads of the feature store; it never writes. */
export type SalesReader = Pick<PartitionedStore, 'readBucket' | 'readField' | 'readSeries' | 'status'>;

export type ObjectReader = Pick<ObjectStore, 'get'>;

/** The last runs of the scheduled processes. */
export type PipelineRunReader = Pick<PipelineStatus, 'readRuns'>;

/** What sending sales needs. */
export interface IngestAccess {
  readonly intake: TransactionIntake;
  /** Keys that may send, see `createBearerCheck`; nobody may where there are none. */
  readonly keys: readonly string[];
  /** Counts requests by key. */
  readonly limiter: RateLimiter | null;
}

/** Everything that the API takes from outside; tests pass fakes, Workers pass bindings. */
export interface ApiDependencies {
  readonly store: SalesReader;
  readonly objects: ObjectReader;
  readonly runs: PipelineRunReader;
  readonly ingest: IngestAccess;
  /** Counts all requests by the client's address. */
  readonly requestLimiter: RateLimiter | null;
  /** Called once per isolate, when the first model is loaded. */
  readonly loadEngine: () => Promise<InferenceEngine>;
  readonly clock: BusinessClock;
  /** The age of caches and `loaded_at` are measured with it; no business date ever is. */
  readonly now: () => EpochMs;
  /** Origins that a browser may call from besides the API's own; `*` for any. */
  readonly allowedOrigins: readonly string[];
  /** Receives faults of the API itself, for the log. */
  readonly report: ReportError;
}
