/**
 * What names a store, a family, and a series: how each is read, compared, sorted and spelled as a key.
 *
 * @module
 */
/** Unicode code points of an id at most. */
export const MAX_STORE_NBR_LENGTH = 64;
export const MAX_FAMILY_LENGTH = 128;

/** The second are halves of a surrogate pair: no UTF-8 has them, so that they would not survive the way to a store. */
const CONTROL = /[\p{Cc}\p{Cs}]/u;

/**
 * A name as it is kept and compared: composed (Unicode NFC), without white space around it, and with one blank where there
 * was any white space inside. Two spellings that look the same are one name, in files and in deliveries alike.
 */
export function normalizeName(text: string): string {
  return text.normalize('NFC').trim().replace(/\s+/gu, ' ');
}

function normalizeStoreNbr(text: string): string {
  return text.normalize('NFC').trim();
}

/** Printable ASCII without blanks at its ends or two in a row: nothing is to be normalised. One test instead of five steps. */
const PLAIN = /^[!-~]+(?: [!-~]+)*$/;

function countCodePoints(text: string): number {
  let count = 0;
  for (const _ of text) count++;
  return count;
}

/** Null for a text within the rules; what is wrong with it otherwise, as it follows on the text itself. */
function faultOf(normalized: string, maxLength: number): string | null {
  if (normalized === '') return 'is empty';
  const length = normalized.length > maxLength ? countCodePoints(normalized) : normalized.length;
  if (length > maxLength) return `has ${length} characters, more than ${maxLength}`;
  return CONTROL.test(normalized) ? 'has a control character' : null;
}

/**
 * The id of a store: 1 to 64 characters, as written. A whole number means its digits, so that 7 is "7"; "007" is another
 * store.
 *
 * @returns null for what is none; `describeBadStoreNbr` says why.
 */
export function readStoreNbr(value: unknown): string | null {
  if (typeof value === 'number') return Number.isSafeInteger(value) && value >= 0 ? String(value) : null;
  if (typeof value !== 'string') return null;
  if (value.length <= MAX_STORE_NBR_LENGTH && PLAIN.test(value)) return value;
  const storeNbr = normalizeStoreNbr(value);
  return faultOf(storeNbr, MAX_STORE_NBR_LENGTH) === null ? storeNbr : null;
}

/** The name of a family: 1 to 128 characters. @returns null for what is none; `describeBadFamily` says why. */
export function readFamily(value: unknown): string | null {
  if (typeof value !== 'string') return null;
  if (value.length <= MAX_FAMILY_LENGTH && PLAIN.test(value)) return value;
  const family = normalizeName(value);
  return faultOf(family, MAX_FAMILY_LENGTH) === null ? family : null;
}

const STORE_NBR_RULE = `must be a text of 1 to ${MAX_STORE_NBR_LENGTH} characters without control characters`;
const FAMILY_RULE = `must be a name of 1 to ${MAX_FAMILY_LENGTH} characters without control characters`;

/** What a store's id has to be, as it follows on the name of its field. */
export const STORE_NBR_RULES = {
  text: STORE_NBR_RULE,
  given: `${STORE_NBR_RULE}, or a whole number`,
} as const;
export const FAMILY_RULES = { text: FAMILY_RULE } as const;

/** The value and what is wrong with it, for people; null for a value that is an id. */
export function describeBadStoreNbr(value: unknown): string | null {
  if (readStoreNbr(value) !== null) return null;
  if (typeof value === 'number') return `${value} is not a whole number from 0 to ${Number.MAX_SAFE_INTEGER}`;
  if (typeof value !== 'string') return `${quote(value)} is neither a text nor a whole number`;
  return `${quote(value)} ${faultOf(normalizeStoreNbr(value), MAX_STORE_NBR_LENGTH)}`;
}

/** The value and what is wrong with it, for people; null for a value that is a name. */
export function describeBadFamily(value: unknown): string | null {
  if (readFamily(value) !== null) return null;
  if (typeof value !== 'string') return `${quote(value)} is not a text`;
  return `${quote(value)} ${faultOf(normalizeName(value), MAX_FAMILY_LENGTH)}`;
}

const QUOTED_LENGTH = 80;

/** For people: as JSON, so that control characters can be seen; cut where it is long. */
export function quote(value: unknown): string {
  const text = value === undefined ? 'nothing' : JSON.stringify(value);
  return text.length > QUOTED_LENGTH ? `${text.slice(0, QUOTED_LENGTH).toWellFormed()}...` : text;
}

/** The whole number whose digits are a store's id; null for any other text, "007" included. */
export function numberOfStore(storeNbr: string): number | null {
  const first = storeNbr.charCodeAt(0);
  if (first < 48 || first > 57) return null;
  const value = Number(storeNbr);
  return Number.isSafeInteger(value) && String(value) === storeNbr ? value : null;
}

/** A 32-bit hash (FNV-1a) of a text, for what has to be the same everywhere and at any time. */
export function hashOfText(text: string): number {
  let hash = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193);
  return hash >>> 0;
}

const DIGITS = /^[0-9]+$/;

/**
 * The order of stores wherever they are listed: ids of digits by value, then all others in natural order, in which
 * numbers within a text count by value too ("S2" before "S10").
 */
export function compareStoreNbrs(left: string, right: string): number {
  if (left === right) return 0;
  const [isNumber, isOtherNumber] = [DIGITS.test(left), DIGITS.test(right)];
  if (isNumber !== isOtherNumber) return isNumber ? -1 : 1;
  if (isNumber) return compareDigits(left, right) || compareTexts(left, right);
  const [runs, otherRuns] = [runsOf(left), runsOf(right)];
  for (let i = 0; i < Math.min(runs.length, otherRuns.length); i++) {
    const [run, other] = [runs[i] as string, otherRuns[i] as string];
    const areNumbers = DIGITS.test(run) && DIGITS.test(other);
    const order = areNumbers ? compareDigits(run, other) : compareTexts(run, other);
    if (order !== 0) return order;
  }
  return runs.length - otherRuns.length || compareTexts(left, right);
}

/** Digits and what lies between them, in turns. */
function runsOf(text: string): readonly string[] {
  return text.match(/[0-9]+|[^0-9]+/g) ?? [];
}

function compareDigits(left: string, right: string): number {
  const [value, other] = [left.replace(/^0+(?=.)/, ''), right.replace(/^0+(?=.)/, '')];
  return value.length - other.length || compareTexts(value, other);
}

function compareTexts(left: string, right: string): number {
  return left < right ? -1 : Number(left > right);
}

/** Names one series, `store:family`; the field name in every bucket. See `storePart` for the store's. */
export type SeriesKey = `${string}:${string}`;

export interface SeriesId {
  readonly storeNbr: string;
  readonly family: string;
}

/**
 * A store's id as it stands before the colon of a series key, and wherever else a store stands where a series might: `%`
 * and `:` are written as in a URL, everything else as it is. So a store of digits is spelled by its digits, and the first
 * colon of a key ends the store, whatever the family is called.
 */
export function storePart(storeNbr: string): string {
  if (!storeNbr.includes('%') && !storeNbr.includes(':')) return storeNbr;
  return storeNbr.replaceAll('%', '%25').replaceAll(':', '%3A');
}

/** Whether this is what `storePart` writes of a store. */
export function isStorePart(part: string): boolean {
  if (part === '' || part.includes(':')) return false;
  return !part.includes('%') || storePart(unescapePart(part)) === part;
}

/** The inverse of `storePart`. @throws {SyntaxError} for a text that `storePart` does not write. */
export function storeOfPart(part: string): string {
  if (isStorePart(part)) return unescapePart(part);
  throw new SyntaxError(`"${part}" is not a store in a key: write % as %25 and : as %3A, nothing else`);
}

function unescapePart(part: string): string {
  return part.includes('%') ? part.replaceAll('%3A', ':').replaceAll('%25', '%') : part;
}

export function seriesKey(storeNbr: string, family: string): SeriesKey {
  return `${storePart(storeNbr)}:${family}`;
}

/** A key whose store has nothing to unescape, which is nearly all of them. */
const PLAIN_KEY = /^[^%:]+:./s;

export function isSeriesKey(key: string): key is SeriesKey {
  if (PLAIN_KEY.test(key)) return true;
  const colon = key.indexOf(':');
  return colon > 0 && colon < key.length - 1 && isStorePart(key.slice(0, colon));
}

/** @throws {SyntaxError} when `key` is not `store:family`. */
export function parseSeriesKey(key: string): SeriesId {
  const colon = key.indexOf(':');
  if (!isSeriesKey(key)) {
    throw new SyntaxError(`"${key}" is not a series key: write store_nbr:family, for example 44:DAIRY`);
  }
  return { storeNbr: unescapePart(key.slice(0, colon)), family: key.slice(colon + 1) };
}
