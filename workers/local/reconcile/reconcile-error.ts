/** The store cannot be reconciled now; the message tells why and what to do. */
export class ReconcileError extends Error {
  override readonly name = 'ReconcileError';
}
