/**
 * Packed columns as text, `<first day>:<days>:<base64>`: a REST request is JSON, and text in base64 passes it, the
 * server and any client unchanged. The bytes are those of `packed-column.ts`; a series has four bytes of milli-units
 * for each day, then two of promoted items. Days past the one on which the history ends are void.
 *
 * @module
 */
import type { DayNumber } from '../../calendar/day-number.ts';
import { packInt32, packUint16, unpackInt32, unpackUint16 } from '../packed-column.ts';
import type { SeriesColumns, TicketColumn } from '../series-reading.ts';

export function packSeries({ firstDay, milliUnits, onpromotion }: SeriesColumns): string {
  const bytes = new Uint8Array(milliUnits.length * 6);
  bytes.set(packInt32(milliUnits));
  bytes.set(packUint16(onpromotion), milliUnits.length * 4);
  return `${firstDay}:${milliUnits.length}:${toBase64(bytes)}`;
}

/**
 * @param through the last day that counts.
 * @throws {SyntaxError} when the text is not packed days.
 */
export function unpackSeries(packed: string, through: DayNumber): SeriesColumns {
  const { firstDay, days, bytes } = parse(packed, 6);
  const count = Math.min(days, Math.max(0, through - firstDay + 1));
  return {
    firstDay,
    milliUnits: unpackInt32(bytes.buffer, count),
    onpromotion: unpackUint16(bytes.slice(days * 4).buffer, count),
  };
}

export function packTickets({ firstDay, tickets }: TicketColumn): string {
  return `${firstDay}:${tickets.length}:${toBase64(packInt32(tickets))}`;
}

/** The inverse of `packTickets`, see `unpackSeries`. */
export function unpackTickets(packed: string, through: DayNumber): TicketColumn {
  const { firstDay, days, bytes } = parse(packed, 4);
  const count = Math.min(days, Math.max(0, through - firstDay + 1));
  return { firstDay, tickets: unpackInt32(bytes.buffer, count) };
}

/** The packed days of a series; a series that is only live has none. */
export function openColumns(packed: string, end: DayNumber, liveFrom: DayNumber): SeriesColumns {
  if (packed !== '') return unpackSeries(packed, end);
  return { firstDay: liveFrom, milliUnits: new Int32Array(0), onpromotion: new Uint16Array(0) };
}

/** The packed tickets of a store; one without an import has tickets from its first series' first day on. */
export function openTickets(packed: string, end: string, firstDay: DayNumber): TicketColumn {
  return packed === '' ? { firstDay, tickets: new Int32Array(0) } : unpackTickets(packed, Number(end));
}

function parse(packed: string, bytesPerDay: number) {
  const match = /^(\d+):(\d+):/.exec(packed);
  const firstDay = Number(match?.[1]);
  const days = Number(match?.[2]);
  const bytes = match ? fromBase64(packed.slice(match[0].length)) : null;
  if (bytes?.length !== days * bytesPerDay) {
    throw new SyntaxError('a packed history is not <first day>:<days>:<base64>; import the history again');
  }
  return { firstDay, days, bytes };
}

/** Arguments of one call must fit the stack. */
const PIECE = 8192;

function toBase64(bytes: Uint8Array): string {
  let binary = '';
  for (let at = 0; at < bytes.length; at += PIECE) {
    binary += String.fromCharCode(...bytes.subarray(at, at + PIECE));
  }
  return btoa(binary);
}

function fromBase64(text: string): Uint8Array<ArrayBuffer> {
  const binary = atob(text);
  const bytes = new Uint8Array(binary.length);
  for (let i = 0; i < binary.length; i++) bytes[i] = binary.charCodeAt(i);
  return bytes;
}
