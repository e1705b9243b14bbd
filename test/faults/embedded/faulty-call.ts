/** What goes wrong inside the object that keeps the store. */
export type ObjectFault =
  /** The statement with this number, counted from 0, fails; a call with fewer statements succeeds. */
  | { readonly kind: 'statement'; readonly number: number }
  /** The object ends right after its work: its writes may be kept or not, and there is no response. */
  | { readonly kind: 'abort' };

/** The body of a request to the endpoint of `test/workers/faults/faulty-store.ts`. */
export interface FaultyCall {
  /** The name of the object: every schedule has one of its own. */
  readonly object: string;
  readonly method: string;
  readonly args: readonly unknown[];
  readonly fault: ObjectFault | null;
}
