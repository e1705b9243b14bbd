/**
 * `npm run synthetic -- --out DIR`: writes the synthetic dataset as CSV files.
 *
 * @module
 */

import { writeFile } from 'node:fs/promises';
import { Command, InvalidArgumentError } from 'commander';
import { InvalidDateError, toDayNumber } from '../../../shared/calendar/day-number.ts';
import { messageOf } from '../../../shared/errors/message-of.ts';
import { showProgress } from '../data/progress.ts';
import { FAMILY_TABLE } from '../data/synthetic/family-table.ts';
import { generateSyntheticDataset, SYNTHETIC_DEFAULTS } from '../data/synthetic/generate-dataset.ts';
import { writeCsvDirectory } from '../data/synthetic/write-csv.ts';

interface Flags {
  readonly out: string;
  readonly stores: number;
  readonly families: number;
  readonly firstDate: string;
  readonly lastDate: string;
  readonly seed: number;
  readonly truth?: string;
}

function wholeNumber(text: string): number {
  if (/^\d{1,9}$/.test(text)) return Number(text);
  throw new InvalidArgumentError('Write a whole number.');
}

function date(text: string): string {
  try {
    toDayNumber(text);
    return text;
  } catch (error) {
    throw new InvalidArgumentError(error instanceof InvalidDateError ? error.message : String(error));
  }
}

const command = new Command('npm run synthetic --')
  .description(
    'Writes the synthetic counterpart of the public Store Sales dataset as CSV files: the same schema and size, generated ' +
      'stores and sales, known effects. The same options always write the same bytes.',
  )
  .requiredOption('--out <dir>', 'directory to write into')
  .option('--stores <n>', 'number of stores', wholeNumber, SYNTHETIC_DEFAULTS.stores)
  .option(
    '--families <n>',
    `number of product families, up to ${FAMILY_TABLE.length}`,
    wholeNumber,
    SYNTHETIC_DEFAULTS.families,
  )
  .option('--first-date <date>', 'first day of sales', date, SYNTHETIC_DEFAULTS.firstDate)
  .option('--last-date <date>', 'last day of sales', date, SYNTHETIC_DEFAULTS.lastDate)
  .option('--seed <n>', 'seed of the generator', wholeNumber, SYNTHETIC_DEFAULTS.seed)
  .option('--truth <file>', 'also write the planted effects, as JSON');

async function run({ out, truth: truthFile, ...options }: Flags): Promise<void> {
  const making = showProgress('generating sales ');
  const { dataset, truth } = generateSyntheticDataset({ ...options, onProgress: making.update });
  making.stop();
  const writing = showProgress('writing files');
  await writeCsvDirectory(dataset, out, writing.update);
  writing.stop();
  if (truthFile) await writeFile(truthFile, `${JSON.stringify(truth.parameters, null, 2)}\n`);
  const { panel } = dataset;
  process.stdout.write(
    `${out}: ${dataset.stores.length} stores, ${dataset.families.length} families, ` +
      `${options.firstDate}..${options.lastDate} (${panel.dayCount} days)\n`,
  );
}

await command
  .action(run)
  .parseAsync()
  .catch((error: unknown) => {
    command.error(`error: ${messageOf(error)}`);
  });
