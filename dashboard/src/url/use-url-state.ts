import { useEffect, useState } from 'preact/hooks';
import { readUrlState, type UrlState, writeUrlState } from './url-state.ts';

type Update = (change: Partial<UrlState>, how?: 'push' | 'replace') => void;

/**
 * The state that lives in the address. Pushing makes a step for the back button; replacing is for changes that come
 * in quick succession.
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
