/** A call that had no answer: whether it was carried out is not known. */
export class BrokenCallError extends Error {
  override name = 'BrokenCallError';
}
