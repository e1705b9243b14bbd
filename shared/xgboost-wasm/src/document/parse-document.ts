import { XgboostWasmError } from '../errors.ts';
import type { DocumentValue } from './document-value.ts';
import { nameFormat } from './name-format.ts';
import { parseJson } from './parse-json.ts';
import { parseUbjson } from './parse-ubjson.ts';
import { readWords, type WordReader } from './word-reader.ts';

const HOW_TO_SAVE = 'Booster.save_model("model.ubj") or ("model.json") writes one.';
/** Earlier releases write binary whatever the file's name, later ones do not read it. */
const HOW_TO_CONVERT = 'Load it with XGBoost 1.6 to 2.1 and save it again: Booster.save_model("model.ubj").';

/** Whether the byte can follow `{` in UBJSON as written by XGBoost: a length type, a count or the end. */
function startsUbjsonMember(byte: number): boolean {
  return 'iUIlL#N}'.includes(String.fromCharCode(byte));
}

/** Detects the format by the first bytes: `{"`, `{` and white space, or `{}` is JSON; `{` and a type letter is UBJSON. */
export function parseDocument(bytes: Uint8Array, words: WordReader = readWords): DocumentValue {
  const first = bytes[0] ?? -1;
  const second = bytes[1] ?? -1;
  if (first === 0x7b) {
    if (startsUbjsonMember(second) && second !== 0x7d) return parseUbjson(bytes, words);
    return parseJson(bytes);
  }
  if (first === 0x20 || first === 0x0a || first === 0x0d || first === 0x09) return parseJson(bytes);
  const head = String.fromCharCode(...bytes.subarray(0, 16));
  if (head.startsWith('XGBWASM')) {
    throw new XgboostWasmError('unknown-format', '', 'this is a packed model: use engine.loadPacked');
  }
  const named = nameFormat(bytes);
  if (named !== undefined) throw new XgboostWasmError('unknown-format', '', named);
  if (
    head.startsWith('binf') ||
    head.startsWith('bs64') ||
    (bytes.length > 136 && bytes.subarray(0, 136).includes(0))
  ) {
    throw new XgboostWasmError(
      'legacy-binary',
      '',
      `the old binary format is not supported. ${HOW_TO_CONVERT}`,
    );
  }
  throw new XgboostWasmError('unknown-format', '', `not an XGBoost model in JSON or UBJSON. ${HOW_TO_SAVE}`);
}
