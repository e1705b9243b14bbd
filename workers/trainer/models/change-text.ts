import type { HoldChange } from '../../../shared/models/champion-hold.ts';
import type { ChampionChange } from './change-champion.ts';

const HELD = 'no training run replaces it until `npm run models -- release`';

/** What is in service now, and instead of what, for people. */
export function changeText({ champion, from }: ChampionChange): string {
  const { version, hold } = champion;
  const held = hold ? `; it is held (${hold.reason}): ${HELD}` : '';
  if (from === version) return `${version} is in service already${held}`;
  return `${version} is in service${from === null ? '' : `, in place of ${from}`}${held}`;
}

/** The same for programs. */
export function changeJson({ champion, from }: ChampionChange): Record<string, unknown> {
  const { version, previous, hold } = champion;
  return { champion: version, from, previous, ...(hold && { hold }) };
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
