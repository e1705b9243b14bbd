/** Whether the same request may succeed a moment later. */
export function isPassing(status: number): boolean {
  return status >= 500 || status === 408 || status === 429 || status === 409;
}
