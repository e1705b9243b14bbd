import { runInDurableObject } from 'cloudflare:test';
import { expect, it } from 'vitest';
import { createDurableAudit } from '../../../../../shared/sales-store/durable/audit.ts';
import { createDurableSalesStore } from '../../../../../shared/sales-store/durable/durable-sales-store.ts';
import { createTables } from '../../../../../shared/sales-store/durable/schema.ts';
import { bindings } from '../../../bindings.ts';

/** The stream as it was before entries had numbers. */
const OLD_STREAM = `DROP TABLE stream;
CREATE TABLE stream (
  instant INTEGER NOT NULL, sequence INTEGER NOT NULL, payload TEXT NOT NULL,
  PRIMARY KEY (instant, sequence)
) STRICT, WITHOUT ROWID;
INSERT INTO stream VALUES (9000, 0, 'a'), (10000, 0, 'b'), (10000, 1, 'c');`;

it.each([
  ['that has dropped nothing: from its first entry on', '', [1, 2, 3, 4]],
  [
    'that has dropped buckets: its start counts as lost',
    "INSERT INTO meta VALUES ('daily_from', '5')",
    [2, 3, 4, 5],
  ],
])('an embedded store from before entries had numbers numbers them, %s', async (name, before, numbers) => {
  await runInDurableObject(bindings.SALES_STORE.getByName(name), (_, { storage }) => {
    storage.sql.exec(OLD_STREAM);
    if (before !== '') storage.sql.exec(before);
    createTables(storage.sql);
    // A second opening changes nothing.
    createTables(storage.sql);
  });
  const store = createDurableSalesStore(bindings.SALES_STORE, name);
  await store.append([{ id: '11000-0', payload: 'd' }]);
  const entries = await createDurableAudit(bindings.SALES_STORE, name).readEntries(null, 9);
  expect(entries.map(({ number }) => number)).toEqual(numbers);
  expect(entries.map(({ payload }) => payload).join('')).toBe('abcd');
});
