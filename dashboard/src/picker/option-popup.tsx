import { useEffect, useLayoutEffect, useRef, useState } from 'preact/hooks';
import { filterOptions, type Option } from './options.ts';

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

  // Before the next key: a fast typist's second letter must not go to the button.
  useLayoutEffect(() => {
    const input = field.current;
    input?.focus();
    // A first letter typed on the button stands in the field already: go on behind it.
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
            <span>{option.label}</span>
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
