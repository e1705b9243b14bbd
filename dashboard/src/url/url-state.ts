/** What a shared link carries. Null where the link does not say. */
export interface UrlState {
  readonly storeNbr: number | null;
  readonly family: string | null;
  /** Whether the table beneath the forecast is open. */
  readonly table: boolean;
}

/** @param search The query of the address, with or without its question mark. A store that is no number counts as absent. */
export function readUrlState(search: string): UrlState {
  const query = new URLSearchParams(search);
  const store = query.get('store') ?? '';
  const family = query.get('family')?.trim() ?? '';
  return {
    storeNbr: /^\d{1,5}$/.test(store) ? Number(store) : null,
    family: family === '' ? null : family,
    table: query.get('table') === '1',
  };
}

/** The query for a state; parameters that belong to others are kept. @returns '' or a text that starts with '?'. */
export function writeUrlState(search: string, state: UrlState): string {
  const query = new URLSearchParams(search);
  const put = (name: string, value: string | null) =>
    value === null ? query.delete(name) : query.set(name, value);
  put('store', state.storeNbr === null ? null : String(state.storeNbr));
  put('family', state.family);
  put('table', state.table ? '1' : null);
  const text = query.toString();
  return text === '' ? '' : `?${text}`;
}
