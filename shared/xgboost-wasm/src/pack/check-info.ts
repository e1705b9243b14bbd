import { Header, IMAGE_VERSION } from '../compile/image-layout.ts';
import type { ModelInfo } from '../engine/model-info.ts';
import { MAX_FEATURES, MAX_GROUPS } from '../loader/limits.ts';
import { Transform } from '../objectives/objectives.ts';
import { invalidPacked } from './packed-format.ts';

type Json = Readonly<Record<string, unknown>>;

function integer(json: Json, key: string, minimum: number, maximum: number): number {
  const value = json[key];
  if (typeof value === 'number' && Number.isInteger(value) && value >= minimum && value <= maximum)
    return value;
  throw invalidPacked(`info.${key}`, `must be an integer in ${minimum}..${maximum}`);
}

function list(json: Json, key: string, type: 'number' | 'string', lengths: readonly number[]): void {
  const value = json[key];
  const fits = Array.isArray(value) && value.every((item) => typeof item === type);
  if (!fits || !lengths.includes(value.length)) {
    throw invalidPacked(`info.${key}`, `must be a list of ${lengths.join(' or ')} ${type}s`);
  }
}

/** Checks that the information of a packed model is complete and agrees with the header of its image. */
export function checkInfo(parsed: unknown, header: Uint32Array): ModelInfo {
  if (typeof parsed !== 'object' || parsed === null) throw invalidPacked('info', 'must be an object');
  const json = parsed as Json;
  const featureCount = integer(json, 'featureCount', 0, MAX_FEATURES);
  const groupCount = integer(json, 'groupCount', 1, MAX_GROUPS);
  const treeCount = integer(json, 'treeCount', 0, 2 ** 31);
  integer(json, 'transform', 0, Transform.custom);
  list(json, 'version', 'number', [3]);
  list(json, 'baseMargins', 'number', [groupCount]);
  list(json, 'featureNames', 'string', [0, featureCount]);
  list(json, 'featureTypes', 'string', [0, featureCount]);
  const starts = json.iterationStarts;
  if (!Array.isArray(starts)) throw invalidPacked('info.iterationStarts', 'must be a list');
  const ascending = starts.every(
    (start, i) => Number.isInteger(start) && start >= (i === 0 ? 0 : starts[i - 1]),
  );
  if (!ascending || starts[0] !== 0 || starts.at(-1) !== treeCount) {
    throw invalidPacked('info.iterationStarts', `must ascend from 0 to the number of trees, ${treeCount}`);
  }
  if (typeof json.objective !== 'string') throw invalidPacked('info.objective', 'must be a string');
  const { attributes } = json;
  const isObject = typeof attributes === 'object' && attributes !== null && !Array.isArray(attributes);
  if (!isObject || Object.values(attributes).some((value) => typeof value !== 'string')) {
    throw invalidPacked('info.attributes', 'must be an object of strings');
  }
  if (!['heap', 'explicit', 'linear'].includes(String(json.kernel))) {
    throw invalidPacked('info.kernel', 'is not known');
  }
  if (header[Header.version] !== IMAGE_VERSION) throw invalidPacked('image.version', 'is not known');
  const same =
    header[Header.featureCount] === featureCount &&
    header[Header.groupCount] === groupCount &&
    header[Header.treeCount] === treeCount;
  if (!same) throw invalidPacked('image.header', 'does not agree with the information');
  return parsed as ModelInfo;
}
