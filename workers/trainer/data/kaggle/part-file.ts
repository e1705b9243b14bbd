import { rm, stat } from 'node:fs/promises';
import { z } from 'zod';
import { ifAbsent } from '../absent-file.ts';
import { readNote, writeNote } from '../note-file.ts';

const partSchema = z.object({
  /** A strong ETag: the only proof that further bytes belong to those on disk. */
  etag: z.string().regex(/^"/),
  /** Total bytes. */
  size: z.int().min(1),
});

/** The part of an archive that is on disk, and its identity. */
export interface Part {
  readonly etag: string;
  readonly size: number;
  /** Bytes on disk, up to `size`. */
  readonly bytes: number;
}

/** An interrupted download that can be resumed: `<path>`, and a second file with its identity. */
export function partFile(path: string) {
  const facts = `${path}.json`;
  const discard = async (): Promise<void> => {
    await rm(facts, { force: true });
    await rm(path, { force: true });
  };
  return {
    path,
    discard,
    /** @returns null if nothing can be resumed; leftovers are removed. */
    async read(): Promise<Part | null> {
      const known = await readNote(facts, partSchema);
      const bytes = (await stat(path).catch(ifAbsent(null)))?.size ?? 0;
      if (known && bytes > 0 && bytes <= known.size) return { ...known, bytes };
      await discard();
      return null;
    },
    /** Records the identity of the following bytes. Without both facts the download cannot be resumed. */
    async begin(etag: string | null, size: number | null): Promise<void> {
      await discard();
      const part = partSchema.safeParse({ etag, size });
      if (!part.success) return;
      await writeNote(facts, JSON.stringify(part.data));
    },
  };
}

export type PartFile = ReturnType<typeof partFile>;
