import type { Field } from '../document/field.ts';
import { readIntegers } from '../document/number-fields.ts';
import { MAX_CATEGORY } from './limits.ts';

/**
 * The category sets of a tree: node -> categories that go right, ascending and distinct.
 * Files older than 1.3 have none of the four arrays.
 */
export function readCategories(tree: Field, nodeCount: number): Map<number, Int32Array> {
  const sets = new Map<number, Int32Array>();
  if (!tree.find('categories_nodes').present) return sets;
  const nodes = readIntegers(tree.get('categories_nodes'), 0, nodeCount - 1);
  const categories = readIntegers(tree.get('categories'), 0, MAX_CATEGORY);
  const starts = readIntegers(tree.get('categories_segments'), 0, categories.length, nodes.length);
  const sizes = readIntegers(tree.get('categories_sizes'), 0, categories.length, nodes.length);
  for (let i = 0; i < nodes.length; i++) {
    const start = starts[i] ?? 0;
    const end = start + (sizes[i] ?? 0);
    if (end > categories.length)
      throw tree.get('categories_sizes').fail(`item ${i} reaches beyond categories`);
    const node = nodes[i] ?? 0;
    if (sets.has(node)) throw tree.get('categories_nodes').fail(`node ${node} is listed twice`);
    const set = categories.slice(start, end).sort();
    sets.set(
      node,
      set.filter((category, k) => k === 0 || category !== set[k - 1]),
    );
  }
  return sets;
}
