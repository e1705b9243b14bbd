import { defineGroup } from './feature-definition.ts';
import type { OriginWindow } from './origin-window.ts';
import { meanOf } from './window-statistics.ts';

/** How many customers the store had up to the origin. */
export const TICKET_FEATURES = defineGroup('tickets', [
  ['tickets_last', 'log1p(tickets of the store on the origin)'],
  ['tickets_mean_7', 'mean log1p(tickets), 7 days up to the origin'],
  ['tickets_mean_28', 'mean log1p(tickets), 28 days up to the origin'],
  ['tickets_momentum', 'tickets_mean_7 - tickets_mean_28'],
]);

/** Writes `TICKET_FEATURES` in their order. @returns the offset after them. */
export function writeTicketFeatures({ tickets }: OriginWindow, out: Float32Array, offset: number): number {
  const mean7 = meanOf(tickets, 0, 7);
  const mean28 = meanOf(tickets, 0, 28);
  out[offset] = tickets[0] as number;
  out[offset + 1] = mean7;
  out[offset + 2] = mean28;
  out[offset + 3] = mean7 - mean28;
  return offset + TICKET_FEATURES.length;
}
