import { readdir, readFile } from 'node:fs/promises';

/** CPU time in milliseconds of the workerd processes started by this process; null without /proc. */
export async function workerdCpu(): Promise<number | null> {
  const children = await childrenNamed('workerd').catch(() => null);
  if (children === null || children.length === 0) return null;
  const times = await Promise.all(children.map(cpuOf));
  return times.reduce((sum, time) => sum + time, 0);
}

async function childrenNamed(name: string): Promise<string[]> {
  const pids = (await readdir('/proc')).filter((entry) => /^\d+$/.test(entry));
  const found: string[] = [];
  for (const pid of pids) {
    const stat = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => '');
    const close = stat.lastIndexOf(')');
    const parent = Number(stat.slice(close + 2).split(' ')[1]);
    if (stat.slice(stat.indexOf('(') + 1, close) === name && parent === process.pid) found.push(pid);
  }
  return found;
}

/** First figure of each thread's schedstat: nanoseconds on a processor. */
async function cpuOf(pid: string): Promise<number> {
  let nanoseconds = 0;
  for (const thread of await readdir(`/proc/${pid}/task`)) {
    const text = await readFile(`/proc/${pid}/task/${thread}/schedstat`, 'utf8').catch(() => '0');
    nanoseconds += Number(text.split(' ')[0]);
  }
  return nanoseconds / 1e6;
}
