import type { Holiday } from '../../../../shared/schemas/catalog.ts';
import type { Dataset } from '../dataset.ts';

/**
 * Words that name a disaster, in Spanish and English, without accents. Every other event is known in advance: Mother's
 * Day, Black Friday and the matches of a world cup are in every calendar, an earthquake is not. Recurrence does not
 * distinguish the two: a world cup appears only once in the public files, too.
 */
const DISASTERS =
  /\b(terremoto|sismo|temblor|maremoto|earthquake|aftershock|tsunami|erupcion|eruption|huracan|hurricane|ciclon|cyclone|tornado|inundacion(es)?|flood(s|ing)?|deslave|derrumbe|landslide|incendios?|wildfires?|pandemi[ac]|epidemi[ac]|cuarentena|lockdown|apagon|blackout|power outage|atentado|estado de (emergencia|excepcion)|state of emergency)\b/;

/** Whether an event was known in advance; everything but disasters is. */
export function isForeseeable({ type, description }: Pick<Holiday, 'type' | 'description'>): boolean {
  if (type !== 'Event') return true;
  const plain = description.normalize('NFD').replace(/\p{M}/gu, '').toLowerCase();
  return !DISASTERS.test(plain);
}

/**
 * Removes the events that could not be known in advance. A row of features knows the calendar of its target day; a
 * model trained with disasters would use information that no forecast has.
 *
 * @returns with a note if any was removed.
 */
export function keepForeseeable(dataset: Dataset): {
  readonly dataset: Dataset;
  readonly notes: readonly string[];
} {
  const surprises = dataset.holidays.filter((holiday) => !isForeseeable(holiday));
  const [first] = surprises;
  if (!first) return { dataset, notes: [] };
  const note =
    `${surprises.length} events that could not be known in advance (${first.description}, ${first.date}) are left out of ` +
    'the calendar.';
  return { dataset: { ...dataset, holidays: dataset.holidays.filter(isForeseeable) }, notes: [note] };
}
