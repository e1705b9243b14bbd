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
  integer(json, 'transform', 0, Transform.expectiles);
  list(json, 'version', 'number', [3]);
  list(json, 'baseMargins', 'number', [groupCount]);
  list(json, 'featureNames', 'string', [0, featureCount]);
  list(json, 'featureTypes', 'string', [0, featureCount]);
  if (!Array.isArray(json.iterationStarts)) throw invalidPacked('info.iterationStarts', 'must be a list');
  let last = 0;
  for (const start of json.iterationStarts) {
    if (!Number.isInteger(start) || start < last || start > treeCount)
      throw invalidPacked('info.iterationStarts', 'must ascend within the trees');
    last = start;
  }
  if (typeof json.objective !== 'string') throw invalidPacked('info.objective', 'must be a string');
  if (typeof json.attributes !== 'object' || json.attributes === null) {
    throw invalidPacked('info.attributes', 'must be an object');
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
