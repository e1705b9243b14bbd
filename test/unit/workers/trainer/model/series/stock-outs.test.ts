import { expect, it } from 'vitest';
import { launchDay, stockOutDays } from '../../../../../../workers/trainer/model/series/stock-outs.ts';

/** Days by characters, oldest first: a digit, . for an unknown and x for a closed day. */
function columnsOf(days: string): [milliUnits: Int32Array, closed: Uint8Array] {
  const milliUnits = Int32Array.from(days, (day) =>
    day === '.' ? -1 : day === 'x' ? 0 : 1000 * Number(day),
  );
  return [milliUnits, Uint8Array.from(days, (day) => Number(day === 'x'))];
}

const marksOf = (days: string) => [...stockOutDays(...columnsOf(days))].join('');

it.each([
  ['a silence between sales', '3333333330000033', '0000000001111100'],
  ['the unknown and the closed days in it', '3333333330.0x033', '0000000001111100'],
  [
    'each of two that are far apart',
    `3333333330000${'3'.repeat(150)}000033`,
    `0000000001111${'0'.repeat(150)}111100`,
  ],
])('marks %s', (_, days, marks) => {
  expect(marksOf(days)).toBe(marks);
});

it.each([
  ['a silence that goes on', '3333333330000000'],
  ['the days before the first sale', '0000000003333333'],
  ['closed days', '333333333xxxxx33'],
  ['what may be chance', '3000300003000030003'],
  ['silences that the series often has', '3333330000333333000033333300003333'],
  ['a silence of a series that is hardly known', '3300000033'],
])('does not mark %s', (_, days) => {
  expect(marksOf(days)).not.toContain('1');
});

it.each([
  ['after four weeks without a sale', `${'0'.repeat(28)}33`, 28],
  ['after unknown and closed days among them', `..${'0'.repeat(20)}.x${'0'.repeat(8)}3`, 32],
  ['not after fewer', `${'0'.repeat(27)}33`, -1],
  ['not after a closure', `${'x'.repeat(28)}33`, -1],
  ['not of a product that is sold from the first day on', `3${'0'.repeat(28)}33`, -1],
  ['not of a product that is never sold', '0'.repeat(40), -1],
])('finds a launch %s', (_, days, launch) => {
  expect(launchDay(...columnsOf(days))).toBe(launch);
});
