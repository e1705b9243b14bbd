export interface LegendEntry {
  /** The mark as the chart draws it, a class of `.key`. */
  readonly mark: string;
  readonly label: string;
}

export function Legend({ entries }: { readonly entries: readonly LegendEntry[] }) {
  return (
    <ul class="legend" aria-label="Legend">
      {entries.map((entry) => (
        <li key={entry.mark}>
          <i class={`key ${entry.mark}`} />
          {entry.label}
        </li>
      ))}
    </ul>
  );
}
