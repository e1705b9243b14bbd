/** How long the state of one part may take to read: whoever asks for health gives up soon after. */
const LIMIT_SECONDS = 3;

/**
 * The result of a reading that must not keep others waiting; a part that hangs is reported like one that fails.
 *
 * @throws {Error} when it takes longer than three seconds; the reading itself is left alone.
 */
export async function withinTime<T>(read: () => Promise<T>): Promise<T> {
  let timer: ReturnType<typeof setTimeout> | null = null;
  const late = new Promise<never>((_, reject) => {
    const refuse = () => reject(new Error(`did not answer within ${LIMIT_SECONDS} s`));
    timer = setTimeout(refuse, LIMIT_SECONDS * 1000);
  });
  try {
    return await Promise.race([read(), late]);
  } finally {
    if (timer !== null) clearTimeout(timer);
  }
}
