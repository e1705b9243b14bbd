import type { Readable, Transform, Writable } from 'node:stream';
import { pipeline } from 'node:stream/promises';

/** Where a stream that goes to disk broke: at what was read, or at what was written. */
export interface StreamFailure {
  readonly side: 'source' | 'file';
  readonly error: unknown;
}

/** Pipes to a file. @returns null when all went well; a failure of one end ends the other, too, so it says which was first. */
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
