import { execFileSync } from 'node:child_process';
import { mkdir, mkdtemp, readdir, realpath, rm, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const git = (root: string, ...args: string[]) => execFileSync('git', args, { cwd: root, encoding: 'utf8' });

/** Whether the working tree of a repository differs from its HEAD. */
export function isDirty(root: string): boolean {
  return git(root, 'status', '--porcelain').trim() !== '';
}

/**
 * A worktree of HEAD in a temporary folder for as long as `work` takes. Its node_modules is a folder of links to the packages of
 * `root`: what bundlers keep there stays in the worktree.
 *
 * @param work receives the folder
 */
export async function withWorktree<T>(root: string, work: (checkout: string) => Promise<T>): Promise<T> {
  const parent = await mkdtemp(join(await realpath(tmpdir()), 'mutations-'));
  const checkout = join(parent, 'checkout');
  git(root, 'worktree', 'add', '--quiet', '--detach', checkout, 'HEAD');
  try {
    await linkPackages(join(root, 'node_modules'), join(checkout, 'node_modules'));
    return await work(checkout);
  } finally {
    git(root, 'worktree', 'remove', '--force', checkout);
    await rm(parent, { recursive: true, force: true });
  }
}

async function linkPackages(from: string, to: string): Promise<void> {
  await mkdir(to);
  for (const entry of await readdir(from)) {
    if (entry.startsWith('.') && entry !== '.bin') continue;
    await symlink(await realpath(join(from, entry)), join(to, entry));
  }
}
