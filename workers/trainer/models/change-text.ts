import type { ChampionChange } from './change-champion.ts';

/** What is in service now, for people. */
export function changeText({ champion: { version }, from, unverified }: ChampionChange): string {
  if (from === version) return `${version} is in service already`;
  const place = from === null ? '' : `, in place of ${from}`;
  const doubt = unverified === null ? '' : `\n${unverified}; look at it with npm run models -- show`;
  return `${version} is in service${place}${doubt}`;
}

/** The same for programs. */
export function changeJson({ champion, from, unverified }: ChampionChange): Record<string, unknown> {
  const { version, previous } = champion;
  return { champion: version, from, previous, unverified };
}
