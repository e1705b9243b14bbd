/** The parts, one after the other, gzipped; by what browsers, Workers and Node all have. */
export async function gzip(parts: readonly Uint8Array[]): Promise<Uint8Array<ArrayBuffer>> {
  return readAll(
    new Blob(parts as Uint8Array<ArrayBuffer>[]).stream().pipeThrough(new CompressionStream('gzip')),
  );
}

/** @throws when the bytes are not gzipped, or not all there */
export async function gunzip(bytes: Uint8Array): Promise<Uint8Array<ArrayBuffer>> {
  return readAll(
    new Blob([bytes as Uint8Array<ArrayBuffer>]).stream().pipeThrough(new DecompressionStream('gzip')),
  );
}

async function readAll(stream: ReadableStream): Promise<Uint8Array<ArrayBuffer>> {
  return new Uint8Array(await new Response(stream).arrayBuffer());
}
