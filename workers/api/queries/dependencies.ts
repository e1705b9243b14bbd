import type { ObjectReader } from '../../../shared/artifacts/publication.ts';
import type { BusinessClock, EpochMs } from '../../../shared/calendar/business-clock.ts';
import type { InferenceEngine } from '../../../shared/forecast/inference-engine.ts';
import type { PipelineStatus } from '../../../shared/pipeline-status/pipeline-status.ts';
import type { PartitionedStore } from '../../../shared/sales-store/partitioned/partitioned-store.ts';
import type { TransactionIntake } from '../../../shared/schemas/api/transactions.ts';
import type { RateLimiter } from '../access/rate-limit.ts';
import { StorageError } from '../problems/api-problem.ts';
import type { ReportError } from '../problems/send-problem.ts';

/** What the API reads of the feature store; it never writes. */
export type SalesReader = Pick<
  PartitionedStore,
  'readBucket' | 'readField' | 'readSeries' | 'readManySeries' | 'status'
>;

/** The last runs of the scheduled processes. */
export type PipelineRunReader = Pick<PipelineStatus, 'readRuns'>;

/** What sending sales needs. */
export interface IngestAccess {
  readonly intake: TransactionIntake;
  /** Keys for ingestion, see `createBearerCheck`; it is disabled where there are none. */
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
  /** Counts all requests by the client's key, or by its address. */
  readonly requestLimiter: RateLimiter | null;
  /** Called once per isolate, when the first model is loaded. */
  readonly loadEngine: () => Promise<InferenceEngine>;
  readonly clock: BusinessClock;
  /** The clock of the pipeline and of whoever judges deliveries; no business date is read from it. */
  readonly now: () => EpochMs;
  /** Time runs faster than the clock; false by default. */
  readonly accelerated?: boolean;
  /** Origins that a browser may call from besides the API's own; `*` for any. */
  readonly allowedOrigins: readonly string[];
  /** Receives faults of the API itself, for the log. */
  readonly report: ReportError;
}

async function guard<T>(storage: string, operation: () => Promise<T>): Promise<T> {
  try {
    return await operation();
  } catch (error) {
    throw new StorageError(storage, error);
  }
}

/** The same store, its failures marked as failures of storage, not of the API. */
export function guardStore(store: SalesReader): SalesReader {
  const guarded = <T>(operation: () => Promise<T>) => guard('feature store', operation);
  return {
    readBucket: (kind, period) => guarded(() => store.readBucket(kind, period)),
    readField: (kind, periods, field) => guarded(() => store.readField(kind, periods, field)),
    readSeries: (series, closedThrough) => guarded(() => store.readSeries(series, closedThrough)),
    readManySeries: (series, closedThrough) => guarded(() => store.readManySeries(series, closedThrough)),
    status: () => guarded(() => store.status()),
  };
}

/** The same object store, its failures marked as failures of storage, not of the API. */
export function guardObjects(objects: ObjectReader): ObjectReader {
  const guarded = <T>(operation: () => Promise<T>) => guard('object store', operation);
  return {
    get: async (key) => {
      const object = await guarded(() => objects.get(key));
      return (
        object && {
          etag: object.etag,
          bytes: () => guarded(() => object.bytes()),
          text: () => guarded(() => object.text()),
        }
      );
    },
  };
}

/** The same run records, their failures marked as failures of storage, not of the API. */
export function guardRuns(runs: PipelineRunReader): PipelineRunReader {
  return { readRuns: (process) => guard('record of pipeline runs', () => runs.readRuns(process)) };
}

/** The same intake, its failures marked as failures of storage, not of the API. */
export function guardIntake(intake: TransactionIntake): TransactionIntake {
  return { takeIn: (incoming) => guard('transaction stream', () => intake.takeIn(incoming)) };
}
