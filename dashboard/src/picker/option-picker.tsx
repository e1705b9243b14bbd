import { useEffect, useId, useLayoutEffect, useRef, useState } from 'preact/hooks';
import { filterOptions, type Option, stepOption } from './options.ts';

interface OptionPickerProps {
  /** The subject of the choice, singular: `Store`. */
  readonly label: string;
  readonly options: readonly Option[];
  readonly value: string;
  /** `stepped` when the user steps through the options one by one. */
  readonly onPick: (value: string, how: 'chosen' | 'stepped') => void;
}

/**
 * A choice of one option: a button that opens a searchable list, between two buttons for the previous and the next
 * option. On the button itself the left and right arrow keys step, and typing starts the search.
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
            <bdi>{current?.label ?? value}</bdi>
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

interface OptionPopupProps {
  /** Prefix of the ids of its elements. */
  readonly id: string;
  readonly label: string;
  readonly options: readonly Option[];
  readonly value: string;
  readonly query: string;
  readonly onQuery: (query: string) => void;
  readonly onPick: (value: string) => void;
  readonly onClose: (refocus: boolean) => void;
}

/** A search field over a list, by the combobox pattern: the focus stays in the field, the arrows move in the list. */
export function OptionPopup(props: OptionPopupProps) {
  const { id, options, value, query, onClose } = props;
  const popup = useRef<HTMLDivElement>(null);
  const field = useRef<HTMLInputElement>(null);
  const found = filterOptions(options, query);
  const [marked, setMarked] = useState(value);
  const at = Math.max(
    0,
    found.findIndex((option) => option.value === marked),
  );
  const optionId = (index: number) => `${id}-option-${index}`;

  // Before the next key, so that a second letter typed quickly does not go to the button.
  useLayoutEffect(() => {
    const input = field.current;
    input?.focus();
    // A first letter typed on the button is already in the field: continue behind it.
    input?.setSelectionRange(input.value.length, input.value.length);
  }, []);

  useEffect(() => {
    const leave = (event: PointerEvent) => {
      if (!popup.current?.parentElement?.contains(event.target as Node)) onClose(false);
    };
    document.addEventListener('pointerdown', leave);
    return () => document.removeEventListener('pointerdown', leave);
  }, [onClose]);

  useLayoutEffect(() => {
    document.getElementById(optionId(at))?.scrollIntoView({ block: 'nearest' });
  }, [at, query]);

  const onKeyDown = (event: KeyboardEvent) => {
    const go = (index: number) => {
      const target = found[(index + found.length) % found.length];
      if (target) setMarked(target.value);
    };
    if (event.key === 'ArrowDown') go(at + 1);
    else if (event.key === 'ArrowUp') go(at - 1);
    else if (event.key === 'PageDown') go(Math.min(at + 8, found.length - 1));
    else if (event.key === 'PageUp') go(Math.max(at - 8, 0));
    else if (event.key === 'Enter') {
      const target = found[at];
      if (target) props.onPick(target.value);
    } else if (event.key === 'Escape') onClose(true);
    else if (event.key === 'Tab') return onClose(false);
    else return;
    event.preventDefault();
  };

  return (
    <div class="picker-popup" ref={popup}>
      <input
        ref={field}
        type="text"
        class="picker-search"
        role="combobox"
        aria-label={`Search ${props.label.toLowerCase()}`}
        aria-autocomplete="list"
        aria-expanded="true"
        aria-controls={`${id}-list`}
        aria-activedescendant={found.length > 0 ? optionId(at) : undefined}
        autocomplete="off"
        spellcheck={false}
        placeholder="Search"
        value={query}
        onInput={(event) => {
          const text = event.currentTarget.value;
          props.onQuery(text);
          setMarked(filterOptions(options, text)[0]?.value ?? value);
        }}
        onKeyDown={onKeyDown}
      />
      <div class="picker-list" role="listbox" id={`${id}-list`} aria-label={props.label}>
        {found.map((option, index) => (
          <div
            key={option.value}
            id={optionId(index)}
            role="option"
            tabIndex={-1}
            class={`picker-option ${index === at ? 'marked' : ''}`}
            aria-selected={option.value === value}
            onPointerMove={() => setMarked(option.value)}
            onPointerDown={(event) => event.preventDefault()}
            onClick={() => props.onPick(option.value)}
            onKeyDown={onKeyDown}
          >
            <bdi>{option.label}</bdi>
            {option.hint && <span class="picker-hint">{option.hint}</span>}
          </div>
        ))}
      </div>
      <p class={found.length === 0 ? 'picker-none' : 'visually-hidden'} role="status">
        {found.length === 0 ? 'Nothing found' : `${found.length} found`}
      </p>
    </div>
  );
}
