import { describe, expect, it } from 'vitest';
import { createEngine, type Engine, type Model, XgboostWasmError } from 'xgboost-wasm';
import {
  BUCKET_HEADER_WORDS,
  FEATURE_WORDS,
  Header,
  SEGMENT_WORDS,
  TILE_WORDS,
  TREE_WORDS,
} from '../src/compile/image-layout.ts';
import { randomFrom } from './oracle/mutations.ts';
import { signPacked } from './sign-packed.ts';
import { decodeBytes, readZoo } from './zoo-file.ts';

const zoo = readZoo(new URL('../zoo/golden/xgboost-3.4.1.json.gz', import.meta.url));
const MODELS = [
  'stumps',
  'one-node',
  'depth-8',
  'lossguide',
  'depth-14',
  'partition',
  'vector-leaf',
  'linear',
];
const TRIES = 1500;

async function pack(name: string): Promise<Uint8Array<ArrayBuffer>> {
  const entry = zoo.cases.find((candidate) => candidate.name === name);
  if (entry === undefined) throw new Error(`the zoo has no ${name}`);
  const packed = (await createEngine()).load(decodeBytes(entry.model)).pack();
  return new Uint8Array(packed);
}

/** A view of the words of a packed file's image. */
function imageOf(packed: Uint8Array<ArrayBuffer>): Uint32Array<ArrayBuffer> {
  const start = new DataView(packed.buffer).getUint32(28, true);
  return new Uint32Array(packed.buffer, start);
}

/** Positions of the words with offsets and counts: the header and the records of every table. */
function recordsOf(words: Uint32Array): number[] {
  const places: number[] = [];
  const add = (byteOffset: number, count: number): void => {
    for (let i = 0; i < count; i++) places.push((byteOffset >> 2) + i);
  };
  const at = (place: number): number => words[place] ?? 0;
  add(0, Header.words);
  const trees = at(Header.treeCount);
  add(at(Header.treeTable), trees * TREE_WORDS);
  if (at(Header.shapTable) > 0) add(at(Header.shapTable), trees);
  for (let t = 0; t < at(Header.tileCount); t++) {
    const tile = (at(Header.tileTable) >> 2) + t * TILE_WORDS;
    add(tile * 4, TILE_WORDS);
    add(at(tile + 4), at(tile + 3) * SEGMENT_WORDS);
    add(at(tile + 6), at(tile + 7) * FEATURE_WORDS);
    for (let f = 0; f < at(tile + 7); f++) {
      const buckets = at((at(tile + 6) >> 2) + f * FEATURE_WORDS + 6);
      if (buckets > 0) add(buckets, BUCKET_HEADER_WORDS);
    }
  }
  // Some nodes of some trees, whatever their form.
  for (let t = 0; t < Math.min(trees, 4); t++) add(at((at(Header.treeTable) >> 2) + t * TREE_WORDS), 8);
  return places;
}

/** Another value for a word: an end of the range, one nearby, or that of another word. */
function otherValue(
  words: Uint32Array,
  places: readonly number[],
  value: number,
  random: () => number,
): number {
  const any = (items: readonly number[]): number => items[Math.floor(random() * items.length)] ?? 0;
  const limits = [
    0,
    1,
    2,
    0xffff,
    0x10000,
    0x7fffffff,
    0x80000000,
    0xffffffff,
    words.byteLength,
    words.byteLength - 4,
  ];
  const kind = random();
  if (kind < 0.3) return any(limits);
  if (kind < 0.65) return value + any([-16, -4, -2, -1, 1, 2, 3, 4, 16]);
  if (kind < 0.9) return words[any(places)] ?? 0;
  return Math.floor(random() * words.byteLength);
}

/** Every kind of prediction; what the model refuses must be what an intact model of its kind refuses too. */
function askAll(engine: Engine, model: Model): void {
  const rows = new Float32Array(model.featureCount * 300).map((_, i) => (i % 13) - 6);
  for (const output of ['value', 'margin', 'leaf', 'contributions'] as const) {
    for (const n of [1, 3, 41, 300]) {
      if (output === 'contributions' && n > 3) continue;
      try {
        model.predict(rows.subarray(0, n * model.featureCount), { output });
      } catch (error) {
        const refused = error instanceof XgboostWasmError && ['output', ''].includes(error.path);
        if (!refused) throw error;
        if (!/no leaves|no covers|deeper than|bytes are too many/.test(error.message)) throw error;
      }
    }
  }
  for (const contributions of [true, false]) {
    try {
      engine.loadPacked(model.pack({ contributions })).dispose();
    } catch (error) {
      // Covers are the part that is left out: a file with covers in the middle has nothing after them.
      if (!(error instanceof XgboostWasmError && error.code === 'invalid-packed')) throw error;
    }
  }
}

describe('a packed file made to do harm, checksum and all', () => {
  it.each(MODELS)('of %s is refused by loading, or can be asked anything', async (name) => {
    const engine = await createEngine();
    const packed = await pack(name);
    const places = recordsOf(imageOf(packed));
    const random = randomFrom(name.length * 31 + 7);
    let refused = 0;
    for (let i = 0; i < TRIES; i++) {
      const damaged = packed.slice();
      const words = imageOf(damaged);
      for (let rounds = 1 + Math.floor(random() * 3); rounds > 0; rounds--) {
        const place = places[Math.floor(random() * places.length)] ?? 0;
        words[place] = otherValue(words, places, words[place] ?? 0, random);
      }
      signPacked(damaged);
      let model: Model;
      try {
        model = engine.loadPacked(damaged);
      } catch (error) {
        if (!(error instanceof XgboostWasmError)) throw error;
        refused++;
        continue;
      }
      askAll(engine, model);
      model.dispose();
    }
    expect(refused).toBeGreaterThan(TRIES / 10);
    expect(engine.memoryBytes).toBeLessThan(64 * 2 ** 20);
  });

  /** Damages the image of an intact file and returns the error of loading it. */
  async function loadDamaged(name: string, damage: (words: Uint32Array) => void): Promise<unknown> {
    const packed = await pack(name);
    damage(imageOf(packed));
    signPacked(packed);
    try {
      (await createEngine()).loadPacked(packed);
      return undefined;
    } catch (error) {
      return error;
    }
  }
  const word = (words: Uint32Array, place: number): number => words[place] ?? 0;

  it.each<[string, string, (words: Uint32Array) => void, RegExp]>([
    [
      'covers that no float can begin at',
      'stumps',
      (words) => {
        words[word(words, Header.shapTable) >> 2] = word(words, word(words, Header.shapTable) >> 2) + 2;
      },
      /^image\.covers\[0\]: lie outside/,
    ],
    [
      'covers that reach beyond the file',
      'stumps',
      (words) => {
        words[(word(words, Header.shapTable) >> 2) + 3] = words.byteLength - 4;
      },
      /^image\.covers\[3\]: lie outside/,
    ],
    [
      'covers that begin in the memory of another model',
      'stumps',
      (words) => {
        words[Header.coversStart] = words.byteLength + 16;
      },
      /^image\.coversStart/,
    ],
    [
      'a node with two parents, which makes paths double at every level',
      'depth-14',
      (words) => {
        const nodes = word(words, word(words, Header.treeTable) >> 2) >> 2;
        words[nodes + 3] = word(words, nodes + 1) + 4;
      },
      /^image\.trees\[0\]/,
    ],
    [
      'trees that share their leaves',
      'depth-8',
      (words) => {
        const trees = word(words, Header.treeTable) >> 2;
        for (let t = 0; t < word(words, Header.treeCount); t++) words[trees + t * TREE_WORDS + 4] = 60_000;
      },
      /^image\.trees/,
    ],
    [
      'features that share their cuts, which checking each of would take hours',
      'depth-8',
      (words) => {
        const tile = word(words, Header.tileTable) >> 2;
        const table = word(words, tile + 6) >> 2;
        // One record for all, with the widest padding that fits into the file.
        const steps = 31 - Math.clz32(words.length / 2);
        const nan = words.length - 2 ** steps;
        words.fill(0x7fc00000, nan);
        for (let f = 0; f < word(words, tile + 7); f++)
          words.set([0, 0, steps, nan * 4, 0, 0, 0], table + f * FEATURE_WORDS);
      },
      /^image\.tiles\[0\]\.features/,
    ],
    [
      'more predicate rows than the file has bytes',
      'depth-14',
      (words) => {
        words[(word(words, Header.tileTable) >> 2) + 2] = 2 ** 28;
        words[Header.maxPredicateRows] = 2 ** 28;
      },
      /^image\.tiles\[0\]\.rows/,
    ],
  ])('is refused for %s', async (_what, name, damage, message) => {
    const error = await loadDamaged(name, damage);
    expect(error).toBeInstanceOf(XgboostWasmError);
    expect(String((error as Error).message)).toMatch(message);
  });
});
