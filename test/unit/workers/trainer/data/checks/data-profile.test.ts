import { describe, expect, it } from 'vitest';
import { objectKeys } from '../../../../../../shared/artifacts/object-keys.ts';
import { toIsoDate } from '../../../../../../shared/calendar/day-number.ts';
import { profileOf } from '../../../../../../workers/trainer/data/checks/data-profile.ts';
import { readPreviousProfile } from '../../../../../../workers/trainer/data/checks/run-checks.ts';
import { type Dataset, historyOf } from '../../../../../../workers/trainer/data/dataset.ts';
import { moveBy } from '../../../../../../workers/trainer/data/import/time-travel.ts';
import { MemoryObjects } from '../../../../../support/object-store/memory-objects.ts';
import { changed, check, found, lastOf, synthetic } from './checked-sales.ts';

/** The sales of some stores. */
function ofStores(dataset: Dataset, isWanted: (storeNbr: string) => boolean): Dataset {
  const { panel } = dataset;
  const rows = panel.series.flatMap(({ storeNbr }, s) => (isWanted(storeNbr) ? [s] : []));
  const milliUnits = new Int32Array(rows.length * panel.dayCount);
  const onpromotion = new Uint16Array(rows.length * panel.plannedDayCount);
  rows.forEach((s, row) => {
    const { dayCount, plannedDayCount } = panel;
    milliUnits.set(panel.milliUnits.subarray(s * dayCount, (s + 1) * dayCount), row * dayCount);
    const plan = panel.onpromotion.subarray(s * plannedDayCount, (s + 1) * plannedDayCount);
    onpromotion.set(plan, row * plannedDayCount);
  });
  const series = panel.series.filter(({ storeNbr }) => isWanted(storeNbr));
  return { ...dataset, panel: { ...panel, series, milliUnits, onpromotion } };
}

describe('data checks against the last run', () => {
  it("compare with the data of the last run, under the dataset's current dates", async () => {
    const before = historyOf(synthetic, toIsoDate(lastOf(synthetic) - 5));
    const objects = new MemoryObjects();
    expect(await readPreviousProfile(objects, synthetic)).toBeNull();
    await objects.put(objectKeys.dataProfile, JSON.stringify(profileOf(before)));
    const previous = await readPreviousProfile(objects, synthetic);
    expect(found(check(synthetic, { previous }), 'rewritten-history')).toMatchObject({
      severity: 'info',
      figures: { families: 8, largest_psi: 0 },
    });

    const moved = moveBy(synthetic, 364);
    const later = await readPreviousProfile(objects, moved);
    expect(found(check(moved, { previous: later }), 'rewritten-history').figures).toMatchObject({
      largest_psi: 0,
    });

    const rewritten = check(
      changed((v) => Math.round(v / 12)),
      { previous },
    );
    expect(found(rewritten, 'rewritten-history').severity).toBe('failure');
    const corrected = check(
      changed((v, s, day) => (s % 8 === 0 && day < 20 ? v * 3 : v)),
      { previous },
    );
    expect(found(corrected, 'rewritten-history').severity).toBe('warning');

    expect(await readPreviousProfile(objects, { ...synthetic, name: 'other' })).toBeNull();
    await objects.put(objectKeys.dataProfile, '{"schema_version":0}');
    expect(await readPreviousProfile(objects, synthetic)).toBeNull();
  });

  it('recognise a retailer whose folder has another name every day', async () => {
    const named = (dataset: Dataset, name: string) => ({ ...dataset, name });
    const before = named(historyOf(synthetic, toIsoDate(lastOf(synthetic))), 'export-2026-11-26');
    const objects = new MemoryObjects();
    await objects.put(objectKeys.dataProfile, JSON.stringify(profileOf(before)));
    const previousOf = (dataset: Dataset) =>
      readPreviousProfile(objects, named(dataset, 'export-2026-11-27'));

    const rewritten = changed((v) => Math.round(v / 12));
    const findings = check(rewritten, { previous: await previousOf(rewritten) });
    expect(found(findings, 'rewritten-history').severity).toBe('failure');
    const fewer = ofStores(synthetic, (storeNbr) => Number(storeNbr) > 4);
    const gone = check(fewer, { previous: await previousOf(fewer) });
    expect(found(gone, 'vanished-series')).toMatchObject({ severity: 'failure', figures: { gone: 32 } });

    // Other stores or other days are different sales.
    const { series } = synthetic.panel;
    const elsewhere = {
      ...synthetic.panel,
      series: series.map((one) => ({ ...one, storeNbr: `${one.storeNbr}00` })),
    };
    expect(await previousOf({ ...synthetic, panel: elsewhere })).toBeNull();
    expect(await previousOf(historyOf(synthetic, toIsoDate(lastOf(synthetic) - 20)))).toBeNull();
    expect(await previousOf(historyOf(synthetic, toIsoDate(lastOf(synthetic) - 10)))).not.toBeNull();
  });

  it('name new and vanished series', () => {
    const previous = profileOf(synthetic);
    const fewer = { ...previous, series: previous.series.slice(1) };
    expect(found(check(synthetic, { previous: fewer }), 'vanished-series')).toMatchObject({
      severity: 'info',
      finding: expect.stringContaining(`1 new (${previous.series[0]})`),
    });
    const more = { ...previous, series: [...previous.series, '9:TEA'] };
    expect(found(check(synthetic, { previous: more }), 'vanished-series')).toMatchObject({
      severity: 'warning',
      finding: expect.stringContaining('1 gone (9:TEA)'),
    });
    const other = {
      ...previous,
      series: [...previous.series.slice(0, 2), ...previous.series.map((key) => `9${key}`)],
    };
    expect(found(check(synthetic, { previous: other }), 'vanished-series').severity).toBe('failure');
  });
});
