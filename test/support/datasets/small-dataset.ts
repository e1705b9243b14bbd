import { toDayNumber } from '../../../shared/calendar/day-number.ts';
import type { Dataset } from '../../../workers/trainer/data/dataset.ts';

export const FIRST_DAY = toDayNumber('2016-01-01');

/** Two stores with `families` families each; a sale of 1000 milli-units times the day of the week, unless `edit` says otherwise. */
export function smallDataset(
  dayCount: number,
  families: readonly string[],
  edit?: (panel: { milliUnits: Int32Array; tickets: Int32Array; onpromotion: Uint16Array }) => void,
): Dataset {
  const stores = [
    { store_nbr: '1', city: 'Quito', state: 'Pichincha', type: 'D', cluster: 13 },
    { store_nbr: '2', city: 'Manta', state: 'Manabi', type: 'C', cluster: 3 },
  ];
  const series = stores.flatMap(({ store_nbr }) =>
    families.map((family) => ({ storeNbr: store_nbr, family })),
  );
  const milliUnits = Int32Array.from(
    { length: series.length * dayCount },
    (_, i) => 1000 * (1 + ((i % dayCount) % 7)),
  );
  const tickets = new Int32Array(stores.length * dayCount).fill(500);
  const onpromotion = new Uint16Array(series.length * (dayCount + 16));
  edit?.({ milliUnits, tickets, onpromotion });
  return {
    name: 'small',
    stores,
    families,
    holidays: [],
    oil: [],
    shiftDays: 0,
    panel: {
      firstDay: FIRST_DAY,
      dayCount,
      series,
      milliUnits,
      plannedDayCount: dayCount + 16,
      onpromotion,
      tickets,
    },
  };
}
