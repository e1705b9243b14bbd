import { expect, it } from 'vitest';
import { holidayNamesOn } from '../../../../shared/features/holiday-calendar.ts';
import type { Holiday } from '../../../../shared/schemas/catalog.ts';

const holiday = (description: string, change: Partial<Holiday> = {}): Holiday => ({
  date: '2026-12-27',
  type: 'Holiday',
  locale: 'National',
  locale_name: 'Ecuador',
  description,
  transferred: false,
  ...change,
});

it('gives a day the names of its holidays at a place, each once, without transferred ones', () => {
  const holidays = [
    holiday('Navidad'),
    holiday('Navidad', { type: 'Additional' }),
    holiday('Fundacion', { locale: 'Local', locale_name: 'Quito' }),
    holiday('Provincia', { locale: 'Regional', locale_name: 'Manabi' }),
    holiday('Independencia', { transferred: true }),
    holiday('Traslado', { type: 'Transfer' }),
    holiday('', { type: 'Event' }),
    holiday('Fin de ano', { date: '2026-12-31' }),
  ];
  const quito = { city: 'Quito', state: 'Pichincha' };
  expect(holidayNamesOn(holidays, '2026-12-27', quito)).toEqual(['Navidad', 'Fundacion', 'Traslado']);
  expect(holidayNamesOn(holidays, '2026-12-27', { city: 'Manta', state: 'Manabi' })).toEqual([
    'Navidad',
    'Provincia',
    'Traslado',
  ]);
  expect(holidayNamesOn(holidays, '2026-12-28', quito)).toEqual([]);
});
