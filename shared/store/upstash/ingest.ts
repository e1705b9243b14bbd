import { BATCH_FRAME, type Delivery, type DeliveryResult, readRecord, transactionName } from '../delivery.ts';
import type { StoreKeys } from '../keys.ts';
import type { Requests } from './requests.ts';
import { INGEST } from './scripts/ingest.lua.ts';

/** Takes in a delivery in one script, see there for why that counts every transaction once. */
export async function sendDelivery(
  requests: Requests,
  keys: StoreKeys,
  { key, digest, note, notBefore, windowMs, rowsPerEntry, rows }: Delivery,
): Promise<DeliveryResult> {
  const names = [keys.state, keys.stream, keys.transactionNames, keys.deliveryPrefix + (key ?? '')];
  const args = [
    key === null ? '0' : '1',
    digest,
    note,
    String(notBefore),
    String(windowMs),
    String(rowsPerEntry),
    BATCH_FRAME.open,
    BATCH_FRAME.close,
    ...rows.flatMap((row) => [transactionName(row), row.json]),
  ];
  const [outcome, record = ''] = (await requests.write(INGEST, names, args)) as [string, string?];
  if (outcome !== 'taken' && outcome !== 'repeated') return { outcome: 'key-conflict' };
  return { outcome, ...readRecord(record).taken };
}
