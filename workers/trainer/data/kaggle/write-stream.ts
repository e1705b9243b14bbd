import type { Readable, Transform, Writable } from 'node:stream';
import { pipeline } from 'node:stream/promises';

/** Where a stream to disk failed: while reading or while writing. */
export interface StreamFailure {
  readonly side: 'source' | 'file';
  readonly error: unknown;
}

/**
 * Pipes to a file. @returns null on success. A failure of one end also ends the other, so the result names the first.
 */
export async function writeStream(
  source: Readable,
  through: Transform,
  file: Writable,
): Promise<StreamFailure | null> {
  let first: StreamFailure | null = null;
  const note = (side: StreamFailure['side']) => (error: unknown) => {
    first ??= { side, error };
  };
  source.once('error', note('source'));
  file.once('error', note('file'));
  try {
    await pipeline(source, through, file);
    return null;
  } catch (error) {
    return first ?? { side: 'source', error };
  }
}
