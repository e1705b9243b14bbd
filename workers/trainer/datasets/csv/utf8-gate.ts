import { Transform } from 'node:stream';

/** Thrown for bytes that are not UTF-8. */
export class NotUtf8Error extends Error {
  override name = 'NotUtf8Error';
}

/**
 * Lets bytes through as they are as long as they are UTF-8. A decoder that is not fatal would make one sign of every
 * letter that it does not know, and one family of two.
 */
export function createUtf8Gate(): Transform {
  const decoder = new TextDecoder('utf-8', { fatal: true });
  const check = (bytes: Buffer | undefined, done: (error?: Error | null, bytes?: Buffer) => void) => {
    try {
      decoder.decode(bytes, { stream: bytes !== undefined });
    } catch {
      done(new NotUtf8Error());
      return;
    }
    done(null, bytes);
  };
  return new Transform({
    transform: (chunk: Buffer, _encoding, done) => check(chunk, done),
    flush: (done) => check(undefined, done),
  });
}
