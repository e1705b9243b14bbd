/** One entry of a picker. */
export interface Option {
  readonly value: string;
  readonly label: string;
  /** A detail in addition to its label, e.g. a store's city; searched as well. */
  readonly hint?: string;
}

const plain = (text: string): string =>
  text
    .normalize('NFD')
    .replace(/\p{Diacritic}/gu, '')
    .toLowerCase();

/** The options that contain every word of the query, ignoring case and accents; those that start with it come first. */
export function filterOptions(options: readonly Option[], query: string): readonly Option[] {
  const words = plain(query).split(/\s+/).filter(Boolean);
  if (words.length === 0) return options;
  const found = options.filter((option) => {
    const text = plain(`${option.label} ${option.hint ?? ''}`);
    return words.every((word) => text.includes(word));
  });
  const start = plain(query.trim());
  const starts = (option: Option) => plain(option.label).startsWith(start);
  return [...found.filter(starts), ...found.filter((option) => !starts(option))];
}

/** The value `steps` places further, wrapping around; the first one where the current value is not among the options. */
export function stepOption(options: readonly Option[], current: string, steps: number): string | null {
  if (options.length === 0) return null;
  const at = options.findIndex((option) => option.value === current);
  const next = at < 0 ? 0 : (((at + steps) % options.length) + options.length) % options.length;
  return options[next]?.value ?? null;
}
