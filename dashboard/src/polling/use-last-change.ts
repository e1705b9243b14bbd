import { useRef } from 'preact/hooks';

/** When the value last was another, milliseconds since the epoch; at first, when it was first looked at. */
export function useLastChange(value: string | null | undefined): { readonly current: number } {
  const at = useRef(Date.now());
  const before = useRef(value);
  if (value !== before.current) {
    before.current = value;
    at.current = Date.now();
  }
  return at;
}
