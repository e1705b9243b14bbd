import { readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { z } from 'zod';
import { ifAbsent } from '../absent-file.ts';

const partSchema = z.object({
  /** A strong ETag: the only proof that bytes to come belong to the bytes that are here. */
  etag: z.string().regex(/^"/),
  /** Bytes of the whole. */
  size: z.int().min(1),
});

/** What of an archive is on disk already, and of which one. */
export interface Part {
  readonly etag: string;
  readonly size: number;
  /** Bytes that are there; fewer than `size`, or as many. */
  readonly bytes: number;
}

/** @returns null for facts that a process which was killed left half written */
function parseFacts(text: string): z.infer<typeof partSchema> | null {
  try {
    return partSchema.parse(JSON.parse(text));
  } catch {
    return null;
  }
}

/** A download that has been broken off, and can be taken up again: `<path>` and, beside it, what it is part of. */
export function partFile(path: string) {
  const facts = `${path}.json`;
  const discard = async (): Promise<void> => {
    await rm(facts, { force: true });
    await rm(path, { force: true });
  };
  return {
    path,
    discard,
    /** @returns null where nothing can be taken up; what is there then is removed. */
    async read(): Promise<Part | null> {
      const text = await readFile(facts, 'utf8').catch(ifAbsent(null));
      const known = text === null ? null : parseFacts(text);
      const bytes = (await stat(path).catch(ifAbsent(null)))?.size ?? 0;
      if (known && bytes > 0 && bytes <= known.size) return { ...known, bytes };
      await discard();
      return null;
    },
    /** Says what the bytes to come are part of. Without both facts the download cannot be taken up again. */
    async begin(etag: string | null, size: number | null): Promise<void> {
      await discard();
      const part = partSchema.safeParse({ etag, size });
      if (!part.success) return;
      await writeFile(`${facts}.new`, JSON.stringify(part.data));
      await rename(`${facts}.new`, facts);
    },
  };
}

export type PartFile = ReturnType<typeof partFile>;
