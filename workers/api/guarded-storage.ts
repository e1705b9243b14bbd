import type { TransactionIntake } from '../../shared/ingest/transaction-intake.ts';
import type { ObjectReader, PipelineRunReader, SalesReader } from './dependencies.ts';
import { StorageError } from './problems/storage-error.ts';

async function guard<T>(storage: string, operation: () => Promise<T>): Promise<T> {
  try {
    return await operation();
  } catch (error) {
    throw new StorageError(storage, error);
  }
}

/** The same store, its failures told apart from faults of the API. */
export function guardStore(store: SalesReader): SalesReader {
  const guarded = <T>(operation: () => Promise<T>) => guard('feature store', operation);
  return {
    readBucket: (kind, period) => guarded(() => store.readBucket(kind, period)),
    readField: (kind, periods, field) => guarded(() => store.readField(kind, periods, field)),
    readSeries: (series, closedThrough) => guarded(() => store.readSeries(series, closedThrough)),
    status: () => guarded(() => store.status()),
  };
}

/** The same object store, its failures told apart from faults of the API. */
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

/** The same run records, their failures told apart from faults of the API. */
export function guardRuns(runs: PipelineRunReader): PipelineRunReader {
  return { readRuns: (process) => guard('record of pipeline runs', () => runs.readRuns(process)) };
}

/** The same intake, its failures told apart from faults of the API. */
export function guardIntake(intake: TransactionIntake): TransactionIntake {
  return { takeIn: (incoming) => guard('transaction stream', () => intake.takeIn(incoming)) };
}
