import type { Dataset } from '../../workers/trainer/data/dataset.ts';
import { Random } from '../../workers/trainer/data/synthetic/random.ts';
import { readThroughFiles } from '../panels/make-panel.ts';
import { drawPanel } from '../panels/random-panel.ts';

const SIZE = { minStores: 3, maxStores: 3, minFamilies: 3, maxFamilies: 3, minDays: 100, maxDays: 160 };

/** A small random retailer to which nothing happens; the same number always gives the same one. */
export async function calmPanel(number: number): Promise<Dataset> {
  const dataset = await readThroughFiles(drawPanel(new Random(number, 'calm'), SIZE));
  return { ...dataset, name: `panel ${number}` };
}
