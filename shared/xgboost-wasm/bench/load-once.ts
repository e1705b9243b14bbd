/**
 * `node load-once.ts load|loadPacked FILE`: prints as JSON the milliseconds of the first load in this process, and of
 * the fastest of seven more.
 */
import { readFileSync } from 'node:fs';
import { createEngine } from 'xgboost-wasm';

const [how, file = ''] = process.argv.slice(2);
const bytes = new Uint8Array(readFileSync(file));
const engine = await createEngine();

function milliseconds(): number {
  const start = performance.now();
  const model = how === 'loadPacked' ? engine.loadPacked(bytes) : engine.load(bytes);
  const elapsed = performance.now() - start;
  model.dispose();
  return elapsed;
}

const cold = milliseconds();
const warm = Math.min(...Array.from({ length: 7 }, milliseconds));
console.log(JSON.stringify({ cold, warm }));
