import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, it, onTestFinished } from 'vitest';
import type { BucketAudit } from '../../../../../shared/sales-store/bucket-audit.ts';
import { retryAudit } from '../../../../../workers/local/reconcile/retried-reads.ts';

/** An audit behind a server that breaks so many connections; only these calls are made. */
async function startAudit(broken: number) {
  let requests = 0;
  const server = createServer((request, response) => {
    if (++requests <= broken) request.socket.destroy();
    else response.end(JSON.stringify(request.url === '/listRecords' ? [] : 'repaired'));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => void server.close());
  const { port } = server.address() as AddressInfo;
  const call = async (name: string) => (await fetch(`http://127.0.0.1:${port}/${name}`)).json();
  const audit = retryAudit({
    listRecords: () => call('listRecords'),
    repairRecord: () => call('repairRecord'),
    readRecord: () => Promise.reject(new RangeError('no such record')),
  } as unknown as BucketAudit);
  return { audit, requests: () => requests };
}
const NOTHING = {} as unknown as Parameters<BucketAudit['repairRecord']>[0] &
  Parameters<BucketAudit['readRecord']>[0];

it('a read is repeated when the connection breaks', async () => {
  const { audit, requests } = await startAudit(3);
  expect(await audit.listRecords()).toEqual([]);
  expect(requests()).toBe(4);
});

it('a read fails when the connection breaks again and again', async () => {
  const { audit } = await startAudit(99);
  await expect(audit.listRecords()).rejects.toThrow('fetch failed');
});

it('nothing else is repeated: neither a repair, nor a read that was answered', async () => {
  const { audit, requests } = await startAudit(1);
  await expect(audit.repairRecord(NOTHING)).rejects.toThrow('fetch failed');
  expect(requests()).toBe(1);
  await expect(audit.readRecord(NOTHING)).rejects.toThrow('no such record');
});
