/**
 * `npm run bootstrap-model`: makes the committed bootstrap model. See README.md in this folder.
 *
 * @module
 */
import { createHash } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { manifestSchema } from '../../../shared/schemas/manifest.ts';
import { markClosedDays } from '../../trainer/data/closures/infer-closures.ts';
import { historyOf } from '../../trainer/data/dataset.ts';
import { createStepProgress } from '../../trainer/data/progress.ts';
import { generateSyntheticDataset } from '../../trainer/data/synthetic/generate-dataset.ts';
import { backtestTable } from '../../trainer/evaluate/backtest-report/backtest-table.ts';
import { trainModel } from '../../trainer/evaluate/train-model.ts';
import { TRAINING_DEFAULTS } from '../../trainer/model/parameters.ts';
import { findXgboost } from '../../trainer/model/xgboost/find-library.ts';

/**
 * First source day that the model must never have seen. Time travel leaves 17 to 380 days of the synthetic dataset
 * (which ends on 2017-08-15) after today, so every replayed day lies on or after it.
 */
const UNSEEN_FROM = '2016-07-31';
const OPTIONS = { ...TRAINING_DEFAULTS, rounds: 200, max_rows: 250_000 };

const file = (name: string) => fileURLToPath(new URL(name, import.meta.url));
const note = (text: string) => process.stderr.write(`${text}\n`);

const progress = createStepProgress();
const { dataset } = generateSyntheticDataset({
  onProgress: (done, total) => progress.report('generating sales', done, total),
});
const history = historyOf(markClosedDays(dataset), UNSEEN_FROM);
const model = await trainModel(history, OPTIONS, await findXgboost(note), progress.report).finally(
  progress.stop,
);

const hash = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex');
const manifest = manifestSchema.parse({
  ...model.description,
  version: `bootstrap-${hash(model.ubj).slice(0, 8)}`,
  created_at: new Date().toISOString(),
  files: { 'model.packed': { sha256: hash(model.packed), bytes: model.packed.byteLength } },
});
await writeFile(file('model.packed'), model.packed);
await writeFile(file('manifest.json'), `${JSON.stringify(manifest, null, 2)}\n`);
process.stdout.write(
  `${backtestTable(model.backtest)}\n${manifest.version}: ${model.packed.byteLength} bytes\n`,
);
