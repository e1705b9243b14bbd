import type { HoldChange } from '../../../shared/models/champion-hold.ts';
import type { ChampionChange } from './change-champion.ts';

const HELD = 'no training run replaces it until `npm run models -- release`';

/** What is in service now, and instead of what, for people. */
export function changeText({ champion, from, unverified }: ChampionChange): string {
  const { version, hold } = champion;
  const held = hold ? `; it is held (${hold.reason}): ${HELD}` : '';
  if (from === version) return `${version} is in service already${held}`;
  const place = from === null ? '' : `, in place of ${from}`;
  const doubt = unverified === null ? '' : `\n${unverified}; look at it with npm run models -- show`;
  return `${version} is in service${place}${held}${doubt}`;
}

/** The same for programs. */
export function changeJson({ champion, from, unverified }: ChampionChange): Record<string, unknown> {
  const { version, previous, hold } = champion;
  return { champion: version, from, previous, unverified, ...(hold && { hold }) };
}

/** What a hold, or its end, has changed, for people. */
export function holdText({ champion, before }: HoldChange): string {
  const { version, hold } = champion;
  if (hold) return `${version} is held (${hold.reason}): ${HELD}`;
  return before ? `${version} is released: training runs may replace it` : `${version} is not held`;
}

/** The same for programs. */
export function holdJson({ champion, before }: HoldChange): Record<string, unknown> {
  return { champion: champion.version, hold: champion.hold ?? null, hold_before: before };
}
