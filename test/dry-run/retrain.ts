/**
 * `npm run retrain:local`: two nights of the nightly run on one machine. Every external service is a stand-in: an S3
 * server, an MLflow server, a Redis behind Upstash's protocol, and on demand Kaggle. It runs `npm run retrain`, as the
 * workflow does; between the nights a day of sales is replayed into the feature store, which the second night uses in
 * training.
 *
 * @module
 */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Command } from 'commander';
import { readPointer } from '../../shared/artifacts/current-publication.ts';
import { type IsoDate, toDayNumber, toIsoDate } from '../../shared/calendar/day-number.ts';
import { openBusinessClock } from '../../workers/trainer/data/live/business-time-zone.ts';
import { createS3ObjectStore } from '../../workers/trainer/publish/object-store/s3-object-store.ts';
import { readBatchForecasts } from '../support/trainer/read-batch-forecasts.ts';
import { startKaggleStandIn } from './kaggle-stand-in.ts';
import { replayDay } from './replay-day.ts';
import { runNpm } from './run-npm.ts';
import { startStandIns, temporaryDirectory } from './stand-ins.ts';

const SMALL_DATASET = { stores: 3, families: 6 };
const SMALL = [
  '--windows',
  '4',
  '--rounds',
  '60',
  '--max-rows',
  '20000',
  '--trees-per-round',
  '1',
  '--stopping-windows',
  '0',
];

const command = new Command('npm run retrain:local --')
  .description(
    'Runs two nights of the nightly training against stand-ins on this machine. Arguments after -- go to npm run retrain, ' +
      `after its small sizes for a quick run: ${SMALL.join(' ')}`,
  )
  .option(
    '--dataset <dir>',
    'as for npm run train: synthetic, a directory, or kaggle, which is a stand-in with the files of a synthetic dataset',
    'synthetic',
  )
  .option('--nights <n>', 'nights', (text) => Math.max(1, Number.parseInt(text, 10) || 1), 2)
  .argument('[arguments...]', 'for npm run retrain, e.g. -- -- --stores 6 --families 9');

async function main(): Promise<number> {
  const { dataset, nights } = command.parse().opts<{ dataset: string; nights: number }>();
  const say = (line: string) => process.stdout.write(`\n== ${line}\n`);
  await using directory = await temporaryDirectory('retrain');
  await using standIns = await startStandIns(directory.path, say);
  if (!standIns.store) say('redis-server is not installed: the nights train on the files only');
  if (!standIns.mlflowUrl)
    say('MLflow is not installed (REQUIRE_SERVICES=1 installs it): runs are not tracked');
  const objects = createS3ObjectStore(standIns.bucket);
  const clock = await openBusinessClock({});
  const summary = join(directory.path, 'summary.md');
  await using kaggle = dataset === 'kaggle' ? await startKaggleStandIn(directory.path, SMALL_DATASET) : null;
  const environment = {
    ...standIns.environment,
    ...kaggle?.environment,
    RETRAIN_DATASET: dataset,
    GITHUB_STEP_SUMMARY: summary,
  };
  const { stores, families } = SMALL_DATASET;
  const size = dataset === 'synthetic' ? ['--stores', `${stores}`, '--families', `${families}`] : [];
  const given = [...size, ...(kaggle?.arguments ?? []), ...SMALL];
  const firstDay = clock.dayOf(Date.now());

  let code = 0;
  for (let night = 0; night < nights && code === 0; night++) {
    const today = toIsoDate(firstDay + night);
    say(`night ${night + 1}: npm run retrain, on the morning of ${today}`);
    code = await runNpm('retrain', [...given, '--today', today, ...command.args], environment);
    if (code === 0) await checkPublished(today);
    if (code === 0 && kaggle) say(kaggle.checkFetched(night + 1));
    if (code === 0 && standIns.store && night + 1 < nights) {
      const rows = await replayDay(standIns.store, objects, clock, today);
      say(`${today} has happened: ${rows} transactions counted`);
    }
  }
  say('npm run models -- list');
  await runNpm('models', ['list', '--in', `r2://${standIns.bucket.bucket}`], standIns.environment);
  say(`summary for the workflow\n\n${await readFile(summary, 'utf8')}`);
  say(code === 0 ? `${nights} nights ended well` : `npm run retrain ended with ${code}`);
  return code;

  /** @throws if the bucket lacks anything that the night should have left in it */
  async function checkPublished(today: IsoDate): Promise<void> {
    const version = (await readPointer(objects))?.champion?.version;
    if (version === undefined) throw new Error('nothing is in service in the bucket');
    const origin = toIsoDate(toDayNumber(today) - 1);
    const batch = await readBatchForecasts(objects, origin, version);
    if (!batch) throw new Error(`there are no forecasts of ${origin} by ${version} in the bucket`);
    say(`${version} is in service, ${batch.series.length} series are forecast from ${batch.origin}`);
  }
}

process.exitCode = await main();
