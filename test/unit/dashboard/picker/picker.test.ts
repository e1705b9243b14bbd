import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { filterOptions, stepOption } from '../../../../dashboard/src/picker/options.ts';
import { indexSeries, resolveSelection } from '../../../../dashboard/src/picker/series-index.ts';

const store = (store_nbr: string) => ({
  store_nbr,
  city: 'Quito',
  state: 'Pichincha',
  type: 'A',
  cluster: 1,
});
const index = (series: string[]) =>
  indexSeries({
    stores: ['44', '2', '1', '54'].map(store),
    families: ['AUTOMOTIVE', 'DAIRY', 'DELI: COLD', 'GROCERY I'],
    series,
  });

describe('the series of a catalog', () => {
  const full = index(['44:GROCERY I', '44:DAIRY', '2:DAIRY', '2:AUTOMOTIVE', '1:DELI: COLD']);

  it('are grouped by store, in order, without stores that sell nothing', () => {
    expect(full.stores.map((one) => one.store_nbr)).toEqual(['1', '2', '44']);
    expect(full.familiesOf('44')).toEqual(['DAIRY', 'GROCERY I']);
    expect(full.familiesOf('1')).toEqual(['DELI: COLD']);
    expect(full.familiesOf('99')).toEqual([]);
  });

  it('open with store 44 and GROCERY I if that exists', () => {
    const nothing = { storeNbr: null, family: null };
    expect(resolveSelection(full, nothing)).toEqual({ storeNbr: '44', family: 'GROCERY I' });
    expect(resolveSelection(index(['2:GROCERY I', '1:DAIRY']), nothing)).toEqual({
      storeNbr: '2',
      family: 'GROCERY I',
    });
    expect(resolveSelection(index(['2:DAIRY', '2:AUTOMOTIVE']), nothing)).toEqual({
      storeNbr: '2',
      family: 'AUTOMOTIVE',
    });
    expect(resolveSelection(index([]), nothing)).toBeNull();
  });

  it('follow the link as far as possible', () => {
    expect(resolveSelection(full, { storeNbr: '2', family: 'DAIRY' })).toEqual({
      storeNbr: '2',
      family: 'DAIRY',
    });
    expect(resolveSelection(full, { storeNbr: '2', family: 'GROCERY I' })).toEqual({
      storeNbr: '2',
      family: 'AUTOMOTIVE',
    });
    expect(resolveSelection(full, { storeNbr: '99', family: 'DAIRY' })).toEqual({
      storeNbr: '44',
      family: 'DAIRY',
    });
    expect(resolveSelection(full, { storeNbr: null, family: 'AUTOMOTIVE' })).toEqual({
      storeNbr: '2',
      family: 'AUTOMOTIVE',
    });
  });

  it('always resolve to an existing series', () => {
    const wish = fc.record({
      storeNbr: fc.option(fc.constantFrom('1', '2', '44', '54', '7')),
      family: fc.option(fc.constantFrom('DAIRY', 'GROCERY I', 'AUTOMOTIVE', 'NONE')),
    });
    fc.assert(
      fc.property(wish, (wished) => {
        const found = resolveSelection(full, wished);
        expect(found && full.familiesOf(found.storeNbr)).toContain(found?.family);
      }),
    );
  });
});

describe('options', () => {
  const options = [
    { value: '1', label: 'Store 1', hint: 'Quito, type D' },
    { value: '15', label: 'Store 15', hint: 'Ibarra, type C' },
    { value: '41', label: 'Store 41', hint: 'Machalá, type D' },
  ];
  const found = (query: string) => filterOptions(options, query).map((option) => option.value);

  it('are found by any of their words, ignoring case and accents', () => {
    expect(found('MACHALA')).toEqual(['41']);
    expect(found('type d')).toEqual(['1', '41']);
    expect(found('d quito')).toEqual(['1']);
    expect(found('  ')).toEqual(['1', '15', '41']);
    expect(found('lima')).toEqual([]);
  });

  it('that start with the query come before those that contain it', () => {
    const families = ['FROZEN FOODS', 'SEAFOOD', 'FOOD'].map((value) => ({ value, label: value }));
    expect(filterOptions(families, 'food').map((option) => option.value)).toEqual([
      'FOOD',
      'FROZEN FOODS',
      'SEAFOOD',
    ]);
  });

  it('wrap around when stepping past the ends', () => {
    expect(stepOption(options, '1', -1)).toBe('41');
    expect(stepOption(options, '41', 1)).toBe('1');
    expect(stepOption(options, '15', 1)).toBe('41');
    expect(stepOption(options, 'gone', 1)).toBe('1');
    expect(stepOption([], '1', 1)).toBeNull();
  });
});
