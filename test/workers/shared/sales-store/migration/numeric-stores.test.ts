import { runInDurableObject } from 'cloudflare:test';
import { expect, it } from 'vitest';
import { createDurableSalesStore } from '../../../../../shared/sales-store/durable/durable-sales-store.ts';
import { createTables } from '../../../../../shared/sales-store/durable/schema.ts';
import tables from '../../../../fixtures/numeric-stores/durable.json' with { type: 'json' };
import outcome from '../../../../fixtures/numeric-stores/outcome.json' with { type: 'json' };
import { goOn, KNOWN_IDS_ANSWERS, sendKnownIds } from '../../../../support/migration/go-on.ts';
import { OLD_SERIES, openOldObjects } from '../../../../support/migration/old-files.ts';
import { bindings } from '../../../bindings.ts';

type OldValue = string | number | null | { readonly base64: string };
type OldLine = { readonly create: string } | { readonly into: string; readonly row: readonly OldValue[] };

/** Puts the object back to what the old code had written, and opens it again. */
function restore(sql: SqlStorage): void {
  const now = sql.exec<{ name: string }>("SELECT name FROM sqlite_master WHERE type = 'table'").toArray();
  for (const { name } of now)
    if (!name.startsWith('_cf') && !name.startsWith('sqlite')) sql.exec(`DROP TABLE ${name}`);
  for (const line of tables as readonly OldLine[]) {
    if ('create' in line) sql.exec(line.create);
    else {
      const values = line.row.map((value) =>
        typeof value === 'object' && value !== null ? toBytes(value) : value,
      );
      sql.exec(`INSERT INTO ${line.into} VALUES (${values.map(() => '?').join()})`, ...values);
    }
  }
  createTables(sql);
}

function toBytes({ base64 }: { readonly base64: string }): ArrayBuffer {
  return Uint8Array.from(atob(base64), (character) => character.charCodeAt(0)).buffer;
}

async function openOldStore(name: string) {
  await runInDurableObject(bindings.SALES_STORE.getByName(name), (_, { storage }) => restore(storage.sql));
  const store = createDurableSalesStore(bindings.SALES_STORE, name);
  return { store, objects: await openOldObjects() };
}

it('a Durable Object from when stores were numbers goes on to the same sums, and counts nothing twice', async () => {
  expect(await goOn(await openOldStore('numeric stores'), OLD_SERIES)).toEqual(outcome);
});

it('and takes its ids for duplicates whatever they say, and new ones by what they say', async () => {
  const system = await openOldStore('ids without hashes');
  expect(await sendKnownIds(system)).toEqual(KNOWN_IDS_ANSWERS);
  const restart = (_: unknown, { storage }: DurableObjectState) => createTables(storage.sql);
  await runInDurableObject(bindings.SALES_STORE.getByName('ids without hashes'), restart);
  expect(await sendKnownIds(system)).toEqual(KNOWN_IDS_ANSWERS.with(2, KNOWN_IDS_ANSWERS[3] ?? []));
});
