import type { Field } from '../document/field.ts';
import { parseDecimal } from '../document/parse-decimal.ts';

/** `"5E-1"`, a JSON number, or from 3.1 `"[5E-1]"` and longer vectors. One value a group. */
export function readBaseScore(field: Field, groupCount: number): Float32Array {
  if (typeof field.value === 'number') return new Float32Array(groupCount).fill(field.value);
  const text = field.string().trim();
  const vector = text.startsWith('[');
  if (vector && !text.endsWith(']')) throw field.fail(`cannot be read: '${text.slice(0, 40)}'`);
  const inner = vector ? text.slice(1, -1).trim() : text;
  const parts = inner === '' ? [] : inner.split(',');
  if (parts.length !== 1 && parts.length !== groupCount) {
    throw field.fail(`has ${parts.length} values, but the model has ${groupCount} outputs`);
  }
  const scores = parts.map((part) => {
    const word = part.trim();
    if (!/^[-+]?(\d+\.?\d*|\.\d+)([eE][-+]?\d+)?$/.test(word))
      throw field.fail(`'${word.slice(0, 40)}' is not a number`);
    const score = Math.fround(parseDecimal(word));
    if (!Number.isFinite(score)) throw field.fail(`'${word.slice(0, 40)}' is outside float32`);
    return score;
  });
  return Float32Array.from({ length: groupCount }, (_, g) => scores[g] ?? scores[0] ?? 0);
}
