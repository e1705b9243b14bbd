import { runInDurableObject } from 'cloudflare:test';
import { describe, expect, it } from 'vitest';
import { openCurrentDataset } from '../../../../shared/artifacts/current-publication.ts';
import { readDatasetFacts } from '../../../../shared/artifacts/read-dataset-facts.ts';
import { createBusinessClock } from '../../../../shared/calendar/business-clock.ts';
import { createDurableAudit } from '../../../../shared/sales-store/durable/audit.ts';
import { createDurableSalesStore } from '../../../../shared/sales-store/durable/durable-sales-store.ts';
import { KIND_CODES } from '../../../../shared/sales-store/durable/schema.ts';
import { parseEntryId } from '../../../../shared/sales-store/entry-id.ts';
import { reconcilePartition } from '../../../../workers/local/reconcile/reconcile-partition.ts';
import { verdictOf } from '../../../../workers/local/reconcile/report.ts';
import { describeReconciliation } from '../../../contract/describe-reconciliation.ts';
import { catalog, LIVE_FROM } from '../../../support/pipeline/published-dataset.ts';
import { bindings } from '../../bindings.ts';
import { findDifferences, startSystem, tickAt } from '../../pipeline-system.ts';

/** The object in which `startSystem` has just made its store. */
let systems = 0;

async function prepare(ticks: number) {
  systems++;
  const name = `pipeline ${systems}`;
  const system = await startSystem();
  await system.aggregate(tickAt(0));
  await system.produce(tickAt(ticks));
  await system.aggregate(tickAt(ticks));
  const store = createDurableSalesStore(bindings.SALES_STORE, name);
  const reconcile = async (repair = false) =>
    reconcilePartition({
      partition: 0,
      store,
      audit: createDurableAudit(bindings.SALES_STORE, name),
      dataset: readDatasetFacts(JSON.stringify(catalog), 'dataset/catalog.json'),
      clock: createBusinessClock('America/Guayaquil'),
      published: { dataset: await openCurrentDataset(system.objects), archive: system.objects },
      owns: () => true,
      repair,
      since: null,
    });
  const tear = (statement: string) =>
    runInDurableObject(bindings.SALES_STORE.getByName(name), (_, { storage }) => {
      storage.sql.exec(statement);
    });
  return { ...system, store, reconcile, tear };
}

describe('reconciliation of the embedded store', () => {
  it('finds nothing in a store that is right, and repairs one that is not', async () => {
    const { store, reconcile, tear, aggregate, produce } = await prepare(300);
    const proven = await reconcile();
    expect(proven).toMatchObject({ entries: 300, differences: [], histories: [] });
    expect(verdictOf({ partitions: [proven] })).toBe('proven');

    const right = await store.readSeries('1:DAIRY', LIVE_FROM);
    await tear(
      `UPDATE bucket SET value = value + 3 WHERE kind = 1 AND period = '${LIVE_FROM}' AND field = '1:DAIRY'`,
    );
    await tear('DELETE FROM bucket WHERE kind = 2');
    await tear("UPDATE bucket_head SET watermark = '1-0' WHERE kind = 6");
    const report = await reconcile(true);
    const outcomes = report.differences.map(({ kinds, symptoms, outcome }) =>
      [...kinds, ...symptoms, outcome].join(' '),
    );
    expect([...new Set(outcomes)].sort()).toEqual([
      'sales_daily values repaired',
      'sales_weekly values repaired',
      'transactions_daily behind repaired',
    ]);
    expect(await findDifferences(store)).toEqual([]);
    expect((await reconcile()).differences).toEqual([]);
    expect((await store.readSeries('1:DAIRY', LIVE_FROM))?.milliUnits.at(-1)).toBe(right?.milliUnits.at(-1));
    await produce(tickAt(310));
    await aggregate(tickAt(310));
    expect(await findDifferences(store)).toEqual([]);
  });

  it('refuses a repair that was made for another moment', async () => {
    const { store, aggregate, produce } = await prepare(20);
    const audit = createDurableAudit(bindings.SALES_STORE, `pipeline ${systems}`);
    const held = await audit.readRecord(audit.recordOf('sales_monthly', '2026-01'));
    await produce(tickAt(21));
    await aggregate(tickAt(21));
    expect(await audit.repairRecord({ held, values: new Map(), watermark: held.watermark })).toBe('changed');
    expect(await findDifferences(store)).toEqual([]);
  });
});

let stores = 0;

describeReconciliation('the embedded store', async () => {
  stores++;
  const name = `torn ${stores}`;
  const exec = (query: string, ...values: (string | number)[]) =>
    runInDurableObject(bindings.SALES_STORE.getByName(name), (_, { storage }) => {
      storage.sql.exec(query, ...values);
    });
  return {
    store: createDurableSalesStore(bindings.SALES_STORE, name),
    audit: createDurableAudit(bindings.SALES_STORE, name),
    setValue: async (kind, period, field, value) => {
      const code = KIND_CODES[kind];
      if (value === null) {
        await exec('DELETE FROM bucket WHERE kind = ? AND period = ? AND field = ?', code, period, field);
      } else await exec('INSERT OR REPLACE INTO bucket VALUES (?, ?, ?, ?)', code, period, field, value);
    },
    dropBucket: async (kind, period) => {
      await exec('DELETE FROM bucket WHERE kind = ? AND period = ?', KIND_CODES[kind], period);
      await exec('DELETE FROM bucket_head WHERE kind = ? AND period = ?', KIND_CODES[kind], period);
    },
    setPacked: (series, day, milliUnits) =>
      runInDurableObject(bindings.SALES_STORE.getByName(name), (_, { storage }) => {
        const { sql } = storage;
        const row = sql
          .exec<{ first_day: number; milli_units: ArrayBuffer }>(
            'SELECT first_day, milli_units FROM history WHERE series = ?',
            series,
          )
          .one();
        const bytes = row.milli_units.slice(0);
        new DataView(bytes).setInt32(4 * (day - row.first_day), milliUnits, true);
        sql.exec('UPDATE history SET milli_units = ? WHERE series = ?', bytes, series);
      }),
    dropEntry: async ({ id }) => {
      const { instant, sequence } = parseEntryId(id);
      await exec('DELETE FROM stream WHERE instant = ? AND sequence = ?', instant, sequence);
    },
  };
});
