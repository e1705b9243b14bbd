import { useId, useRef, useState } from 'preact/hooks';
import { OptionPopup } from './option-popup.tsx';
import { type Option, stepOption } from './options.ts';

interface OptionPickerProps {
  /** What is picked, singular: `Store`. */
  readonly label: string;
  readonly options: readonly Option[];
  readonly value: string;
  /** `stepped` when the user goes through the options one by one. */
  readonly onPick: (value: string, how: 'chosen' | 'stepped') => void;
}

/**
 * One of many: a button that opens a list to search, between two buttons for the previous and the next option.
 * On the button itself the left and right arrow keys step, and typing starts the search.
 */
export function OptionPicker({ label, options, value, onPick }: OptionPickerProps) {
  const id = useId();
  const trigger = useRef<HTMLButtonElement>(null);
  // The text to search for, null while the list is closed.
  const [query, setQuery] = useState<string | null>(null);
  const current = options.find((option) => option.value === value);

  const step = (steps: number) => {
    const next = stepOption(options, value, steps);
    if (next !== null && next !== value) onPick(next, 'stepped');
  };
  const close = (refocus: boolean) => {
    setQuery(null);
    if (refocus) trigger.current?.focus();
  };
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.key === 'ArrowLeft') step(-1);
    else if (event.key === 'ArrowRight') step(1);
    else if (event.key === 'ArrowDown' || event.key === 'ArrowUp') setQuery('');
    else if (event.key === 'Escape' && query !== null) close(true);
    else if (event.key.length === 1 && event.key !== ' ') setQuery(event.key);
    else return;
    event.preventDefault();
  };

  return (
    <div class="picker">
      <span class="caption" id={`${id}-label`}>
        {label}
      </span>
      <div class="picker-row">
        <StepButton label={`Previous ${label.toLowerCase()}`} shape="M10 3 5 8l5 5" onStep={() => step(-1)} />
        <button
          type="button"
          ref={trigger}
          id={`${id}-value`}
          class="picker-value"
          aria-haspopup="listbox"
          aria-expanded={query !== null}
          aria-labelledby={`${id}-label ${id}-value`}
          onClick={() => setQuery(query === null ? '' : null)}
          onKeyDown={onKeyDown}
        >
          <span class="picker-text">
            {current?.label ?? value}
            {current?.hint && <span class="picker-hint">{current.hint}</span>}
          </span>
          <svg width="12" height="12" viewBox="0 0 12 12" aria-hidden="true">
            <path d="m2.5 4.5 3.5 3.5 3.5-3.5" />
          </svg>
        </button>
        <StepButton label={`Next ${label.toLowerCase()}`} shape="m6 3 5 5-5 5" onStep={() => step(1)} />
      </div>
      {query !== null && (
        <OptionPopup
          id={id}
          label={label}
          options={options}
          value={value}
          query={query}
          onQuery={setQuery}
          onPick={(picked) => {
            close(true);
            if (picked !== value) onPick(picked, 'chosen');
          }}
          onClose={close}
        />
      )}
    </div>
  );
}

interface StepButtonProps {
  readonly label: string;
  readonly shape: string;
  readonly onStep: () => void;
}

function StepButton({ label, shape, onStep }: StepButtonProps) {
  return (
    <button type="button" class="picker-step" aria-label={label} title={label} onClick={onStep}>
      <svg width="16" height="16" viewBox="0 0 16 16" aria-hidden="true">
        <path d={shape} />
      </svg>
    </button>
  );
}
