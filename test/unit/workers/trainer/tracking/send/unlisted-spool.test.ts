import { mkdtemp, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { openSpool } from '../../../../../../workers/trainer/tracking/spool/spool.ts';
import { createSender } from '../../../../../../workers/trainer/tracking/tracker.ts';

it('a spool that cannot be listed is reported as that, and the run does not fail', async () => {
  const directory = join(await mkdtemp(join(tmpdir(), 'spool-')), 'loop');
  await symlink(directory, directory);
  const now = () => new Date('2026-11-24T03:00:00Z');
  const notes: string[] = [];
  const send = createSender(openSpool(directory, now), {
    environment: {},
    now,
    onNote: (text) => notes.push(text),
    onProgress: () => undefined,
  });
  await send();
  expect(notes).toEqual([expect.stringMatching(/not sent yet \(.+; ELOOP/)]);
});
