/**
 * Turns a day sheet into the transactions of each five-minute tick. Pure: the same sheet, tick and batch size always
 * give the same batch, and the batches of a day add up exactly to the sheet.
 *
 * Series take turns, the next ones in every tick. The day of a series is divided among its turns by the weight that
 * the store's intraday curve has at the time of each, so that at any moment all series together have sold what the
 * curve says. What a turn sells is the difference of two rounded running totals, hence no rounding error adds up.
 *
 * @module
 */
import { at } from '../../shared/at.ts';
import type { EpochMs } from '../../shared/calendar/business-clock.ts';
import { TICK_MS } from '../../shared/calendar/tick.ts';
import type { DaySheet } from '../../shared/schemas/day-sheet.ts';
import { ownValue } from '../../shared/schemas/named-record.ts';
import { parseSeriesKey } from '../../shared/schemas/series.ts';
import {
  MAX_UNITS_PER_TRANSACTION,
  type Transaction,
  type TransactionBatch,
} from '../../shared/schemas/transaction.ts';
import { shareOfTurn, shareUntilSlot, visitsOfSlot } from './replay-schedule.ts';

/** One five-minute slot of a business day. */
export interface ReplayTick {
  /** 0 for the first slot of the day. */
  readonly slot: number;
  /** Slots of the day: 288, but for days on which clocks change. */
  readonly slotCount: number;
  /** The instant at which the slot ends. */
  readonly end: EpochMs;
}

const MAX_MILLI_UNITS = MAX_UNITS_PER_TRANSACTION * 1000;

/**
 * The batch of one tick. The first visit of a series always has a row, even with 0 units, because rows carry the
 * promotion; a later visit without sales has none. Tickets are given for each store in which some were counted, and
 * for every store in the first slot.
 *
 * @param batchSize rows of a tick. There are fewer when fewer series exist (each is visited at most once in a tick),
 *   and more only where the day's ticks would not reach every series once, or where one visit sells more than a
 *   single transaction may hold.
 */
export function replayTick(sheet: DaySheet, tick: ReplayTick, batchSize: number): TransactionBatch {
  const transactions: Transaction[] = [];
  const start = tick.end - TICK_MS;
  const visits = visitsOfSlot(sheet.series.length, batchSize, tick.slot, tick.slotCount);
  visits.forEach(({ series, slots, turn }, row) => {
    const { storeNbr, family } = parseSeriesKey(at(sheet.series, series));
    const total = at(sheet.milli_units, series);
    const { before, after } = shareOfTurn(ownValue(sheet.curves, storeNbr), slots, turn, tick.slotCount);
    const sold = runningTotal(total, after) - runningTotal(total, before);
    if (sold === 0 && turn > 0) return;
    const ts = start + Math.floor(((row + 0.5) * TICK_MS) / visits.length);
    for (let left = sold, part = 0; part === 0 || left > 0; left -= MAX_MILLI_UNITS, part++) {
      transactions.push({
        id: part === 0 ? `${tick.end}-${row}` : `${tick.end}-${row}-${part}`,
        ts,
        store_nbr: storeNbr,
        family,
        units: Math.min(left, MAX_MILLI_UNITS) / 1000,
        onpromotion: at(sheet.onpromotion, series),
      });
    }
  });
  return { transactions, tickets: replayTickets(sheet, tick) };
}

function replayTickets(
  { tickets, curves }: DaySheet,
  { slot, slotCount }: ReplayTick,
): Record<string, number> {
  const counts: [string, number][] = [];
  for (const [store, total] of Object.entries(tickets)) {
    const until = (slots: number) =>
      Math.round(total * shareUntilSlot(ownValue(curves, store), slots, slotCount));
    const count = until(slot + 1) - until(slot);
    if (count > 0 || slot === 0) counts.push([store, count]);
  }
  return Object.fromEntries(counts);
}

/** Milli-units sold once `share` of the day is over; whole units where the day's total is whole. */
function runningTotal(total: number, share: number): number {
  const step = total % 1000 === 0 ? 1000 : 1;
  return Math.round((total / step) * share) * step;
}
