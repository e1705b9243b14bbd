import fc from 'fast-check';

/** Stores as people have them; some differ only in what a careless reader drops. */
export const HOSTILE_STORES = [
  '7',
  '007',
  'Zürich, HB',
  'a:b',
  'a',
  '"q"',
  '🍎',
  'שלום',
  '__proto__',
  'constructor',
  '50%',
  '50%25',
  'north/south\\east',
  'promo',
  'S2',
  's2',
  'S10',
  '../up',
  'x'.repeat(64),
  '👩‍👩‍👧‍👦'.repeat(5),
] as const;

/** Families of the same kind. */
export const HOSTILE_FAMILIES = [
  'DAIRY',
  'Käse, Wurst',
  'a:b',
  ':colon first',
  '"quoted"',
  '🍞 & 🥖',
  'לחם',
  '__proto__',
  'toString',
  '100% juice',
  'bread/rolls',
  'watermark',
  'F'.repeat(128),
] as const;

/** No control characters; neither is anything else that a text may not hold. */
const character = fc.oneof(
  { weight: 3, arbitrary: fc.constantFrom(...':%/\\"\',;{}[]()<>&=+?#|~`^$*! aA0oO9.-_') },
  { weight: 1, arbitrary: fc.string({ unit: 'grapheme', minLength: 1, maxLength: 1 }) },
  { weight: 1, arbitrary: fc.string({ unit: 'binary', minLength: 1, maxLength: 1 }) },
);

function normalized(name: string): string {
  return name.normalize('NFC').trim().replace(/\s+/gu, ' ');
}

function textOf(longest: number): fc.Arbitrary<string> {
  return fc
    .array(character, { minLength: 1, maxLength: longest })
    .map((parts) => normalized(parts.join('')))
    .filter((text) => text !== '' && Array.from(text).length <= longest && !/[\p{Cc}\p{Cs}]/u.test(text));
}

export const anyStore: fc.Arbitrary<string> = fc.oneof(
  fc.constantFrom(...HOSTILE_STORES),
  textOf(64),
  fc.nat(99_999).map(String),
);

export const anyFamily: fc.Arbitrary<string> = fc.oneof(fc.constantFrom(...HOSTILE_FAMILIES), textOf(128));
