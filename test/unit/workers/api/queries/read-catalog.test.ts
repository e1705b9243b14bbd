import { describe, expect, it } from 'vitest';
import { InvalidObjectError } from '../../../../../shared/artifacts/parse-object.ts';
import { catalogSchema } from '../../../../../shared/schemas/catalog.ts';
import { readPromotionPlan } from '../../../../../workers/api/queries/promotion-plans.ts';
import { readCatalog } from '../../../../../workers/api/queries/read-catalog.ts';
import { sampleCatalog } from '../../../../support/api/sample-api.ts';

const read = (catalog: unknown) => readCatalog(JSON.stringify(catalog), 'dataset/catalog.json');
const [store] = sampleCatalog.stores;
const [holiday] = sampleCatalog.holidays;

it('reads what the schema takes, and gives the same', () => {
  expect(read(sampleCatalog)).toEqual(catalogSchema.parse(sampleCatalog));
  const bare = { ...sampleCatalog, holidays: [], oil: [] };
  expect(read(bare)).toEqual(catalogSchema.parse(bare));
});

describe('refuses, as the schema does, a catalog with a wrong', () => {
  const faults: Record<string, unknown>[] = [
    { schema_version: 2 },
    { dataset: 7 },
    { shift_days: 0.5 },
    { first_date: '2026/01/01' },
    { live_from: null },
    { last_date: undefined },
    { has_tickets: 'yes' },
    { stores: [] },
    { stores: [{ ...store, store_nbr: '' }] },
    { stores: [{ ...store, city: undefined }] },
    { families: [] },
    { families: [''] },
    { series: [] },
    { series: 'all' },
    { holidays: [{ ...holiday, type: 'Party' }] },
    { holidays: [{ ...holiday, locale: 'Global' }] },
    { holidays: [{ ...holiday, date: 'tomorrow' }] },
    { holidays: [{ ...holiday, transferred: 0 }] },
    { oil: [{ date: '2026-11-20', price: 0 }] },
    { oil: [{ date: '2026-11-20', price: '48' }] },
    { oil: [null] },
  ];
  it.each(faults.map((fault) => [Object.keys(fault)[0], JSON.stringify(fault), fault]))(
    '%s: %s',
    (field, _, fault) => {
      const wrong = { ...sampleCatalog, ...(fault as object) };
      expect(catalogSchema.safeParse(wrong).success).toBe(false);
      expect(() => read(wrong)).toThrow(InvalidObjectError);
      expect(() => read(wrong)).toThrow(`dataset/catalog.json: ${field} must`);
    },
  );
});

describe('a promotion plan', () => {
  const plan = { week: '2026-W47', series: ['44:DAIRY'], days: { '2026-11-22': [3] } };
  const readPlan = (value: unknown) =>
    readPromotionPlan(JSON.stringify(value), 'plan/promotions/2026-W47.json');

  it('is read as it was published', () => expect(readPlan(plan)).toEqual(plan));

  it.each([
    { ...plan, series: undefined },
    { ...plan, days: null },
    { ...plan, days: { '2026-11-22': [3, 4] } },
    { ...plan, days: { '2026-11-22': 3 } },
    [],
  ])('is refused with its key when its columns do not fit: %j', (value) => {
    expect(() => readPlan(value)).toThrow(InvalidObjectError);
    expect(() => readPlan(value)).toThrow('plan/promotions/2026-W47.json: ');
  });
});
