import { describe, expect, it } from 'vitest';
import { createEngine } from 'xgboost-wasm';
import { compareKernels } from './oracle/compare-kernels.ts';
import { drawModel } from './oracle/random-model.ts';
import { ReferenceWalker } from './oracle/reference-walker.ts';

const engine = await createEngine();
/** `npm run test:engine` at the root runs 50,000. */
const MODELS = 500;
const PART = 50;

describe('every kernel agrees with a plain walk in float32', () => {
  it.each(Array.from({ length: MODELS / PART }, (_, part) => part * PART + 1))(
    `on ${PART} random models with hostile thresholds from seed %i on`,
    (first) => {
      const wrong: string[] = [];
      for (let seed = first; seed < first + PART; seed++) {
        wrong.push(...compareKernels(engine, seed).problems.map((problem) => `seed ${seed}: ${problem}`));
      }
      expect(wrong).toEqual([]);
    },
  );

  it('and the models have what is hard: every kind of threshold, kernel, leaf and format', () => {
    const seen = new Set<string>();
    for (let seed = 1; seed <= MODELS / 2; seed++) {
      const { bytes, missing, baseScore, treeCount } = drawModel(seed);
      const walker = new ReferenceWalker(bytes);
      seen.add(bytes[1] === 0x22 ? 'JSON' : 'UBJSON');
      if (!Number.isNaN(missing)) seen.add('missing value');
      if (Object.is(baseScore, -0)) seen.add('base score -0');
      if (treeCount >= 200) seen.add('many trees');
      for (const tree of walker.trees) {
        if (tree.width > 1) seen.add('vector leaves');
        if (tree.sets.size > 0) seen.add('category sets');
        for (let node = 0; node < tree.left.length; node++) {
          const threshold = tree.threshold[node] ?? 0;
          if (tree.left[node] === -1 || tree.sets.has(node)) continue;
          if (Number.isNaN(threshold)) seen.add('NaN');
          if (Object.is(threshold, -0)) seen.add('-0');
          if (!Number.isNaN(threshold) && !Number.isFinite(threshold)) seen.add(String(threshold));
          if (threshold !== 0 && Math.abs(threshold) < 2 ** -126) seen.add('denormal');
          if (Math.abs(threshold) > 3e38) seen.add('near the end of float32');
        }
      }
    }
    expect([...seen].sort()).toEqual(
      [
        ...['-0', '-Infinity', 'Infinity', 'JSON', 'NaN', 'UBJSON', 'base score -0', 'category sets'],
        ...['denormal', 'many trees', 'missing value', 'near the end of float32', 'vector leaves'],
      ].sort(),
    );
  });
});
