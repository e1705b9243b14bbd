/**
 * What an action throws, as text. `expect(...).not.toThrow(/secret/)` also passes when nothing is thrown.
 *
 * @throws where the action succeeds
 */
export function messageOf(action: () => unknown): string {
  let result: unknown;
  try {
    result = action();
  } catch (error) {
    return String(error);
  }
  throw new Error(`nothing was thrown; the result is ${JSON.stringify(result)}`);
}
