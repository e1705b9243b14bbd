interface TooltipRowProps {
  /** Which mark of the chart it belongs to, a class of `.key`. */
  readonly mark?: string;
  readonly label: string;
  readonly value: string;
}

export function TooltipRow({ mark, label, value }: TooltipRowProps) {
  return (
    <div class="tooltip-row">
      <span class="tooltip-label">
        {mark && <i class={`key ${mark}`} />}
        {label}
      </span>
      <span class="tooltip-value">{value}</span>
    </div>
  );
}
