const TEXTS: Readonly<Record<string, string>> = {
  'day-off': 'regular day off',
  holiday: 'holiday',
  closed: 'until further notice',
  declared: 'as planned',
};

/** Why a store is closed on a day, for people; a reason that a person has given stays as it is. */
export function closureText(reason: string): string {
  return TEXTS[reason] ?? reason;
}
