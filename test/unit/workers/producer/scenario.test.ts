import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { daySheetSchema } from '../../../../shared/schemas/day-sheet.ts';
import { applyScenario, type Scenario, scenarioSchema } from '../../../../workers/producer/scenario.ts';
import { anySheet, invented } from './sheets.ts';

const sheet = invented(2, 3);

describe('a scenario', () => {
  it('of a shock multiplies demand and leaves promotions alone', () => {
    const shocked = applyScenario(sheet, { kind: 'shock', factor: 3 });
    expect(shocked.milli_units).toEqual(sheet.milli_units.map((units) => units * 3));
    expect(shocked.onpromotion).toEqual(sheet.onpromotion);
  });

  it('of a promotion surge raises promotions, never lowers them, and sells more', () => {
    const surge = applyScenario(sheet, { kind: 'promotion_surge', onpromotion: 2, factor: 2, stores: ['1'] });
    expect(surge.onpromotion).toEqual(
      sheet.onpromotion.map((items, s) => (s < 3 ? Math.max(2, items) : items)),
    );
    expect(surge.milli_units).toEqual(sheet.milli_units.map((units, s) => (s < 3 ? units * 2 : units)));
  });

  it('of a family going dark sells nothing of it in any store', () => {
    const dark = applyScenario(sheet, { kind: 'going_dark', families: ['FAMILY 1'] });
    dark.series.forEach((key, s) => {
      const gone = key.endsWith('FAMILY 1');
      expect(dark.milli_units[s]).toBe(gone ? 0 : sheet.milli_units[s]);
      expect(dark.onpromotion[s]).toBe(gone ? 0 : sheet.onpromotion[s]);
    });
  });

  it('reaches only the days it names', () => {
    const drill = { kind: 'shock', factor: 2, from: '2026-01-06', to: '2026-01-07' } as const;
    for (const date of ['2026-01-05', '2026-01-08']) {
      expect(applyScenario({ ...sheet, date }, drill)).toEqual({ ...sheet, date });
    }
    for (const date of ['2026-01-06', '2026-01-07']) {
      expect(applyScenario({ ...sheet, date }, drill)).not.toEqual({ ...sheet, date });
    }
  });

  it('always yields a valid sheet and keeps whole units whole', () => {
    const anyScenario: fc.Arbitrary<Scenario> = fc.oneof(
      fc.record({ kind: fc.constant('shock' as const), factor: fc.double({ min: 0, max: 9, noNaN: true }) }),
      fc.record({
        kind: fc.constant('promotion_surge' as const),
        factor: fc.double({ min: 0, max: 9, noNaN: true }),
        onpromotion: fc.integer({ min: 1, max: 65_535 }),
      }),
    );
    fc.assert(
      fc.property(anySheet, anyScenario, (before, scenario) => {
        const after = daySheetSchema.parse(applyScenario(before, scenario));
        before.milli_units.forEach((units, s) => {
          if (units % 1000 === 0) expect((after.milli_units[s] ?? 0) % 1000).toBe(0);
        });
      }),
    );
  });

  it('is refused when it does not say what it is', () => {
    expect(scenarioSchema.safeParse({ kind: 'flood' }).success).toBe(false);
    expect(scenarioSchema.safeParse({ kind: 'shock' }).success).toBe(false);
    expect(scenarioSchema.safeParse({ kind: 'going_dark', familys: ['A'] }).success).toBe(false);
  });
});
