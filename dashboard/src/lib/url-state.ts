import { useEffect, useState } from 'preact/hooks';

/** The state in a shared link. Null where the link lacks it. */
export interface UrlState {
  readonly storeNbr: string | null;
  readonly family: string | null;
  /** Whether the table beneath the forecast is open. */
  readonly table: boolean;
}

/** @param search The query of the address, with or without its question mark. An empty store or family counts as absent. */
export function readUrlState(search: string): UrlState {
  const query = new URLSearchParams(search);
  const store = query.get('store')?.trim() ?? '';
  const family = query.get('family')?.trim() ?? '';
  return {
    storeNbr: store === '' ? null : store,
    family: family === '' ? null : family,
    table: query.get('table') === '1',
  };
}

/** The query for a state; parameters that belong to others are kept. @returns '' or a text that starts with '?'. */
export function writeUrlState(search: string, state: UrlState): string {
  const query = new URLSearchParams(search);
  const put = (name: string, value: string | null) =>
    value === null ? query.delete(name) : query.set(name, value);
  put('store', state.storeNbr);
  put('family', state.family);
  put('table', state.table ? '1' : null);
  const text = query.toString();
  return text === '' ? '' : `?${text}`;
}

type Update = (change: Partial<UrlState>, how?: 'push' | 'replace') => void;

/**
 * The state in the address. Pushing adds a step for the back button; replacing is for changes in quick succession.
 */
export function useUrlState(): [UrlState, Update] {
  const [state, setState] = useState(() => readUrlState(location.search));
  useEffect(() => {
    const follow = () => setState(readUrlState(location.search));
    window.addEventListener('popstate', follow);
    return () => window.removeEventListener('popstate', follow);
  }, []);
  const update: Update = (change, how = 'replace') => {
    const next = { ...readUrlState(location.search), ...change };
    const address = `${location.pathname}${writeUrlState(location.search, next)}${location.hash}`;
    if (how === 'push') history.pushState(null, '', address);
    else history.replaceState(null, '', address);
    setState(next);
  };
  return [state, update];
}
