import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { datasetNames } from '../../../../shared/artifacts/object-keys.ts';
import { partitionOfStore } from '../../../../shared/sales-store/partitioned/partition.ts';
import {
  compareStoreNbrs,
  describeBadFamily,
  describeBadStoreNbr,
  numberOfStore,
  parseSeriesKey,
  readFamily,
  readStoreNbr,
  seriesKey,
  storeOfPart,
  storePart,
} from '../../../../shared/schemas/series.ts';
import {
  familySchema,
  givenStoreNbrSchema,
  storeNbrSchema,
} from '../../../../shared/schemas/series-schema.ts';
import { createDirectorySink } from '../../../../workers/trainer/publish/object-store/directory-object-store.ts';
import { anyFamily, anyStore, HOSTILE_FAMILIES, HOSTILE_STORES } from '../../../support/ids/hostile-ids.ts';

const oldStore = fc.integer({ min: 1, max: 99_999 });

describe('the id of a store', () => {
  it('is kept as written, leading zeros included; a whole number means its digits', () => {
    for (const storeNbr of HOSTILE_STORES) expect(readStoreNbr(storeNbr)).toBe(storeNbr);
    expect(readStoreNbr(7)).toBe('7');
    expect(readStoreNbr(0)).toBe('0');
    expect(readStoreNbr('007')).not.toBe(readStoreNbr('7'));
  });

  it('is composed and without white space around it', () => {
    expect(readStoreNbr(' Zu\u0308rich\u00a0')).toBe('Zürich');
    expect(readStoreNbr('\ufeffA\n')).toBe('A');
    expect(readStoreNbr('two  blanks')).toBe('two  blanks');
  });

  it.each([
    ['', '"" is empty'],
    [' \t\n', '" \\t\\n" is empty'],
    ['x'.repeat(65), 'has 65 characters, more than 64'],
    ['🍎'.repeat(65), 'has 65 characters, more than 64'],
    ['a\tb', '"a\\tb" has a control character'],
    ['a\u0000', '"a\\u0000" has a control character'],
    ['a\u009f', 'has a control character'],
    ['\ud83c', 'has a control character'],
    [7.5, '7.5 is not a whole number'],
    [-1, '-1 is not a whole number'],
    [2 ** 53, '9007199254740992 is not a whole number'],
    [Number.NaN, 'NaN is not a whole number'],
    [null, 'null is neither a text nor a whole number'],
    [true, 'true is neither a text nor a whole number'],
    [undefined, 'nothing is neither a text nor a whole number'],
    [{ a: 1 }, '{"a":1} is neither a text nor a whole number'],
  ])('is not %j', (value, problem) => {
    expect(readStoreNbr(value)).toBeNull();
    expect(describeBadStoreNbr(value)).toContain(problem);
    expect(givenStoreNbrSchema.safeParse(value).success).toBe(false);
  });

  it('has 64 characters at most, whatever their bytes', () => {
    expect(readStoreNbr('🍎'.repeat(64))).toBe('🍎'.repeat(64));
    // Composed it is one character each.
    expect(readStoreNbr('u\u0308'.repeat(64))).toBe('ü'.repeat(64));
  });

  it('is read by its schema as by hand', () => {
    fc.assert(
      fc.property(fc.oneof(anyStore, fc.string({ unit: 'binary' }), fc.double(), fc.nat()), (value) => {
        const parsed = givenStoreNbrSchema.safeParse(value);
        expect(parsed.success ? parsed.data : null).toBe(readStoreNbr(value));
        if (typeof value !== 'string') return;
        const answered = storeNbrSchema.safeParse(value);
        expect(answered.success ? answered.data : null).toBe(readStoreNbr(value));
        const family = familySchema.safeParse(value);
        expect(family.success ? family.data : null).toBe(readFamily(value));
      }),
      { numRuns: 2000 },
    );
  });
});

describe('the name of a family', () => {
  it('is kept as written but for white space', () => {
    for (const family of HOSTILE_FAMILIES) expect(readFamily(family)).toBe(family);
    expect(readFamily(' a\u00a0 b ')).toBe('a b');
  });

  it.each([
    ['', 'is empty'],
    ['x'.repeat(129), 'has 129 characters, more than 128'],
    ['a\u0007', 'has a control character'],
    [7, '7 is not a text'],
  ])('is not %j', (value, problem) => {
    expect(readFamily(value)).toBeNull();
    expect(describeBadFamily(value)).toContain(problem);
  });
});

describe('a series key', () => {
  it('gives store and family back, and no two series share one', () => {
    fc.assert(
      fc.property(anyStore, anyFamily, anyStore, anyFamily, (storeNbr, family, otherStore, otherFamily) => {
        const key = seriesKey(storeNbr, family);
        expect(parseSeriesKey(key)).toEqual({ storeNbr, family });
        const isSame = storeNbr === otherStore && family === otherFamily;
        expect(key === seriesKey(otherStore, otherFamily)).toBe(isSame);
        expect(storeOfPart(storePart(storeNbr))).toBe(storeNbr);
        expect(storePart(storeNbr)).not.toContain(':');
      }),
      { numRuns: 2000 },
    );
  });

  it('of a store of digits is what it was', () => {
    fc.assert(
      fc.property(oldStore, anyFamily, (store, family) => {
        expect(seriesKey(String(store), family)).toBe(`${store}:${family}`);
      }),
    );
  });

  it.each(['', 'DAIRY', ':DAIRY', '1:', '%:A', '50%:A', '%3a:A', '%41:A'])('is not "%s"', (key) => {
    expect(() => parseSeriesKey(key)).toThrow(SyntaxError);
  });
});

describe('the order of stores', () => {
  it('is by value for numbers, then natural for texts', () => {
    const sorted = ['1', '2', '007', '10', '0100', '2nd', 'S2', 'S10', 'S10a', 'Zoo', 'a', 'é'];
    const shuffled = fc.shuffledSubarray(sorted, { minLength: sorted.length });
    fc.assert(
      fc.property(shuffled, (stores) => {
        expect([...stores].sort(compareStoreNbrs)).toEqual(sorted);
      }),
    );
  });

  it('is that of numbers for the stores of before', () => {
    fc.assert(
      fc.property(fc.array(oldStore), (stores) => {
        expect(stores.map(String).sort(compareStoreNbrs)).toEqual(stores.sort((a, b) => a - b).map(String));
      }),
    );
  });

  it('is one order: the same from either side, never in a circle, equal only for one id', () => {
    fc.assert(
      fc.property(anyStore, anyStore, anyStore, (a, b, c) => {
        expect(Math.sign(compareStoreNbrs(a, b))).toBe(-Math.sign(compareStoreNbrs(b, a)) + 0);
        expect(compareStoreNbrs(a, b) === 0).toBe(a === b);
        if (compareStoreNbrs(a, b) < 0 && compareStoreNbrs(b, c) < 0) {
          expect(compareStoreNbrs(a, c)).toBeLessThan(0);
        }
      }),
      { numRuns: 3000 },
    );
  });
});

describe('a store', () => {
  it('is a number where its digits are those of one', () => {
    expect(numberOfStore('7')).toBe(7);
    expect(numberOfStore('0')).toBe(0);
    for (const text of ['007', '7.0', '1e3', '0x10', '-1', ' 7', '٧', '9007199254740993', '']) {
      expect(numberOfStore(text)).toBeNull();
    }
  });

  it('of any name has one partition, the same every time, and many stores have many', () => {
    fc.assert(
      fc.property(anyStore, fc.integer({ min: 1, max: 64 }), (storeNbr, count) => {
        const partition = partitionOfStore(storeNbr, count);
        expect(Number.isInteger(partition) && partition >= 0 && partition < count).toBe(true);
      }),
    );
    expect(['007', 'Zürich, HB', 'a:b', '🍎'].map((storeNbr) => partitionOfStore(storeNbr, 64))).toEqual([
      12, 62, 1, 39,
    ]);
    const found = new Set(Array.from({ length: 400 }, (_, i) => partitionOfStore(`shop ${i}`, 16)));
    expect(found.size).toBe(16);
  });

  it('has an object of its own, also where the file system ignores case', async () => {
    expect(datasetNames.history('54')).toBe('dataset/history/54.json');
    expect(datasetNames.history('a:B')).toBe('dataset/history/s-a_3a_42.json');
    const sink = createDirectorySink('/nowhere');
    await fc.assert(
      fc.asyncProperty(anyStore, anyStore, async (storeNbr, other) => {
        const key = datasetNames.history(storeNbr);
        // Refuses what is no key.
        expect(await sink.get(key)).toBeNull();
        for (const name of key.split('/')) expect(Buffer.byteLength(name)).toBeLessThanOrEqual(255);
        const isSame = key.toLowerCase() === datasetNames.history(other).toLowerCase();
        expect(isSame).toBe(storeNbr === other);
      }),
      { numRuns: 500 },
    );
  });
});
