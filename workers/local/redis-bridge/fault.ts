import type { Command, RestRequest } from './parse-request.ts';

/** What goes wrong with a request. */
export type Fault =
  /** The connection breaks before anything was carried out. */
  | { readonly kind: 'drop-before' }
  /** Everything was carried out, and the connection breaks before the answer. */
  | { readonly kind: 'drop-after' }
  | { readonly kind: 'delay'; readonly ms: number }
  /** An answer of a gateway in between: not carried out, or carried out all the same. */
  | { readonly kind: 'status'; readonly status: number; readonly carriedOut: boolean };

export interface FaultyRequest {
  /** Counts from 0 since the faults were chosen. */
  readonly number: number;
  readonly route: RestRequest['route'];
  readonly commands: readonly Command[];
}

/** Chooses the fault of each request, null for none. */
export type ChooseFault = (request: FaultyRequest) => Fault | null;
