import { toDayNumber, toIsoDate } from '../../shared/calendar/day-number.ts';
import { parseEntryId } from '../../shared/sales-store/entry-id.ts';
import type { SalesStore } from '../../shared/sales-store/sales-store.ts';
import type { SeriesKey } from '../../shared/schemas/series.ts';
import { LIVE_FROM, type PipelineFixture, tickAt } from '../support/pipeline/pipeline-fixture.ts';
import { checkDeliveries, isDelivered, type TillRecord } from './deliver.ts';

/** What was sent besides the replay. */
export interface SentRecord {
  /** Markers of appended entries; an acknowledged one is doubtful as well. */
  readonly acknowledged: string[];
  readonly doubtful: string[];
  readonly till: TillRecord;
}

/** Everything that is not as it must be, as text. */
export async function checkOutcome(
  lastTick: number,
  pipeline: PipelineFixture,
  store: SalesStore,
  sent: SentRecord,
): Promise<string[]> {
  const problems: string[] = [];
  const entries = await store.readStream(null, 100_000);

  // Every tick is there once, with the content that the replay gives it.
  const expectedTicks = await pipeline.replay(lastTick);
  const ticks = entries.filter(({ id }) => parseEntryId(id).sequence === 0);
  if (ticks.length !== lastTick) problems.push(`${ticks.length} ticks are in the stream, not ${lastTick}`);
  for (const { id, payload } of ticks) {
    if (expectedTicks.get(id) !== payload) problems.push(`tick ${id} has another content`);
  }

  // Acknowledged sales are counted once, those with a lost response at most once.
  const others = entries
    .filter((entry) => parseEntryId(entry.id).sequence > 0 && !isDelivered(entry))
    .map(({ payload }) => payload);
  for (const marker of sent.doubtful) {
    const copies = others.filter((payload) => payload.includes(marker)).length;
    const least = sent.acknowledged.includes(marker) ? 1 : 0;
    if (copies < least || copies > 1) problems.push(`what ${marker} sent is in the stream ${copies} times`);
  }
  if (others.length > sent.doubtful.length) problems.push(`${others.length} entries that nobody sent`);
  problems.push(...checkDeliveries(entries, sent.till));

  // Buckets are their opening, as it must be, and the stream's sum; rows that cannot be counted are all kept.
  problems.push(...(await pipeline.findDifferences(store)));
  problems.push(...(await pipeline.findWrongOpenings(store)));
  const letters = (await store.readDeadLetters(100_000)).map((letter) => JSON.stringify(letter)).sort();
  const expectedLetters = pipeline
    .deadLettersOf(entries)
    .map((letter) => JSON.stringify(letter))
    .sort();
  if (letters.join('\n') !== expectedLetters.join('\n')) {
    problems.push(`${letters.length} dead letters, not ${expectedLetters.length}, or others`);
  }
  const status = await store.status();
  if (status.waitingEntries !== 0) problems.push(`${status.waitingEntries} entries wait`);
  if (status.deadLetters !== expectedLetters.length)
    problems.push(`status counts ${status.deadLetters} dead letters`);

  // A closed day reads as its bucket says, compacted or not.
  if (lastTick >= 288) {
    const day = toIsoDate(toDayNumber(LIVE_FROM));
    const { fields } = await store.readBucket('sales_daily', day);
    for (const series of pipeline.series) {
      const reading = await store.readSeries(series as SeriesKey, day);
      const sold = reading?.milliUnits.at(-1);
      if (sold !== fields[series]) problems.push(`${series} of ${day} reads ${sold}, not ${fields[series]}`);
    }
    if (status.compactedThrough !== day)
      problems.push(`compacted through ${status.compactedThrough}, not ${day}`);
  } else if (status.watermark !== null && parseEntryId(status.watermark).instant < tickAt(lastTick)) {
    problems.push(`the watermark stands at ${status.watermark}`);
  }
  return problems;
}
