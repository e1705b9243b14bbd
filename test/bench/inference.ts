import { mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { createEngine } from 'xgboost-wasm';
import { NativeProcess } from '../../shared/xgboost-wasm/bench/native-process.ts';
import { WorkerdHost } from '../../shared/xgboost-wasm/bench/workerd-host.ts';
import { ensurePython } from '../../shared/xgboost-wasm/zoo/python-environment.ts';
import { measureBatch } from './inference/batch.ts';
import { measureContributions } from './inference/contributions.ts';
import { measureLoading } from './inference/loading.ts';
import { readFloats, rounded } from './inference/measures.ts';
import { measureOnnx } from './inference/onnx.ts';
import { measurePlain } from './inference/plain.ts';
import { measureSingleRows } from './inference/single-rows.ts';
import type { Finding, Subject } from './inference/subject.ts';

interface BenchCase {
  readonly name: string;
  readonly data: 'dense' | 'missing';
  readonly depth: number;
  readonly trees: number;
}

const MAIN = 'depth8';
const CASES: readonly BenchCase[] = [
  { name: MAIN, data: 'dense', depth: 8, trees: 500 },
  { name: 'depth8_missing', data: 'missing', depth: 8, trees: 500 },
  { name: 'depth6', data: 'dense', depth: 6, trees: 500 },
  { name: 'depth10', data: 'dense', depth: 10, trees: 500 },
  { name: 'depth8_1000', data: 'dense', depth: 8, trees: 1000 },
];

/** Measured with the main model only. */
const MEASURES: readonly ((subject: Subject) => Finding | Promise<Finding>)[] = [
  measureSingleRows,
  measureContributions,
  measurePlain,
  measureOnnx,
  measureLoading,
];

/** The figures of a run, by name. */
function summarise(findings: readonly Finding[]): Record<string, number | string> {
  const figures: Record<string, number | string> = Object.assign({}, ...findings.map((f) => f.figures));
  const named = (name: string): number | string => figures[name] ?? Number.NaN;
  return {
    mismatches: findings.reduce((sum, finding) => sum + finding.mismatches, 0),
    ratio_batch: named(`ratio_${MAIN}`),
    ratio_batch_missing: named('ratio_depth8_missing'),
    ratio_row: named('ratio_row'),
    ratio_shap: named('ratio_shap'),
    ns_per_row_tree: named(`ns_${MAIN}`),
    ns_per_row_tree_workerd: named(`ns_${MAIN}_workerd`),
    ...figures,
  };
}

/**
 * `npm run bench -- inference [--json]`: the engine against XGBoost itself, one thread each, on the same rows, in Node
 * and in workerd; with 500 trees of depth 8 also against onnxruntime-node and a plain TypeScript walker. The last line
 * is one JSON object with `--json`.
 */
export async function run(args: string[]): Promise<void> {
  const folder = fileURLToPath(new URL('../../.cache/bench-inference/', import.meta.url));
  const json = args.includes('--json');
  mkdirSync(folder, { recursive: true });
  const native = new NativeProcess(await ensurePython('zoo'), folder);
  await native.start();
  const workerd = new WorkerdHost();
  const start = performance.now();
  const engine = await createEngine();
  const findings: Finding[] = [
    {
      mismatches: 0,
      figures: { xgboost: native.release, engine_start_ms: rounded(performance.now() - start) },
    },
  ];
  const note = (finding: Finding): void => {
    findings.push(finding);
    if (!json) console.log(finding.figures);
  };
  try {
    for (const entry of CASES) {
      await native.do('prepare', { ...entry });
      const file = join(folder, entry.name);
      const bytes = new Uint8Array(readFileSync(`${file}.ubj`));
      const rows = readFloats(join(folder, `${entry.data}.f32`));
      const expected = readFloats(`${file}.margin.f32`);
      const model = engine.load(bytes);
      await workerd.load(bytes, rows);
      const { trees } = entry;
      const subject: Subject = { native, workerd, model, rows, expected, trees, folder, file };
      note(await measureBatch(subject, entry.name));
      if (entry.name === MAIN) for (const measure of MEASURES) note(await measure(subject));
      model.dispose();
    }
  } finally {
    native.stop();
    await workerd.stop();
  }
  const summary = summarise(findings);
  console.log(json ? JSON.stringify(summary) : summary);
}
