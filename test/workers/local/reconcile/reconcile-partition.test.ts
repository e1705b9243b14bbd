import { runInDurableObject } from 'cloudflare:test';
import { describe, expect, it } from 'vitest';
import { readDatasetFacts } from '../../../../shared/artifacts/read-dataset-facts.ts';
import { createBusinessClock } from '../../../../shared/calendar/business-clock.ts';
import { createDurableAudit } from '../../../../shared/sales-store/durable/audit.ts';
import { createDurableSalesStore } from '../../../../shared/sales-store/durable/durable-sales-store.ts';
import { reconcilePartition } from '../../../../workers/local/reconcile/reconcile-partition.ts';
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
  const reconcile = (repair = false) =>
    reconcilePartition({
      partition: 0,
      store,
      audit: createDurableAudit(bindings.SALES_STORE, name),
      dataset: readDatasetFacts(JSON.stringify(catalog), 'dataset/catalog.json'),
      clock: createBusinessClock('America/Guayaquil'),
      owns: () => true,
      repair,
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
    expect(await reconcile()).toMatchObject({ entries: 300, differences: [], unproven: [] });

    const right = await store.readSeries('1:DAIRY', LIVE_FROM);
    await tear(
      `UPDATE bucket SET value = value + 3 WHERE kind = 1 AND period = '${LIVE_FROM}' AND field = '1:DAIRY'`,
    );
    await tear('DELETE FROM bucket WHERE kind = 2');
    await tear("UPDATE bucket_head SET watermark = '1-0' WHERE kind = 6");
    const report = await reconcile(true);
    const told = report.differences.map(({ kinds, symptoms, outcome }) =>
      [...kinds, ...symptoms, outcome].join(' '),
    );
    expect([...new Set(told)].sort()).toEqual([
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
