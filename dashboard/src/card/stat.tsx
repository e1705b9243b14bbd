import type { ComponentChildren } from 'preact';

interface StatProps {
  readonly label: string;
  readonly value: ComponentChildren;
  readonly note?: ComponentChildren;
  readonly tone?: 'plain' | 'good' | 'warn' | 'bad' | undefined;
}

/** One number with its name above and what qualifies it beneath; to be placed in a `<dl class="stats">`. */
export function Stat({ label, value, note, tone = 'plain' }: StatProps) {
  return (
    <div class="stat">
      <dt>{label}</dt>
      <dd class={`stat-value tone-${tone}`}>{value}</dd>
      {note && <dd class="stat-note">{note}</dd>}
    </div>
  );
}
