import type { IsoDate } from '../calendar/day-number.ts';
import type { BatchForecasts } from '../forecast/batch/batch-forecasts.ts';
import { decodeBatchForecasts } from '../forecast/batch/decode-batch-forecasts.ts';
import { objectKeys } from './object-keys.ts';
import type { ObjectStore } from './object-store.ts';

/**
 * Reads the forecasts of every series that a training run left. For those in service, ask for the champion's version.
 *
 * @param origin last closed day when they were made
 * @returns null where there are none: no run of that night has come so far
 * @throws {InvalidObjectError}
 */
export async function readBatchForecasts(
  store: Pick<ObjectStore, 'get'>,
  origin: IsoDate,
  version: string,
): Promise<BatchForecasts | null> {
  const key = objectKeys.batchForecasts(origin, version);
  const object = await store.get(key);
  return object && decodeBatchForecasts(await object.bytes(), key);
}
