import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import type { PythonEnvironment } from '../zoo/python-environment.ts';

type Answer = Readonly<Record<string, unknown>>;

/** XGBoost itself, in a process of its own that times the commands it receives. */
export class NativeProcess {
  private readonly child: ChildProcessWithoutNullStreams;
  private readonly lines: AsyncIterator<string>;
  release = '';

  constructor(environment: PythonEnvironment, folder: string) {
    const script = fileURLToPath(new URL('./native.py', import.meta.url));
    const env = { ...environment.env, OMP_NUM_THREADS: '', PYTHONWARNINGS: 'ignore' };
    this.child = spawn(environment.python, [script, folder], { env });
    this.child.stderr.resume();
    this.lines = createInterface({ input: this.child.stdout })[Symbol.asyncIterator]();
  }

  async start(): Promise<void> {
    this.release = String((await this.read()).release);
  }

  private async read(): Promise<Answer> {
    const { value, done } = await this.lines.next();
    if (done) throw new Error('the native process has ended');
    const answer = JSON.parse(value) as Answer;
    if (answer.error !== undefined) throw new Error(`native: ${String(answer.error)}`);
    return answer;
  }

  /** Sends a command of native.py; returns the seconds that it measured. */
  async do(command: string, options: Readonly<Record<string, unknown>> = {}): Promise<number> {
    this.child.stdin.write(`${JSON.stringify({ do: command, ...options })}\n`);
    return Number((await this.read()).seconds ?? 0);
  }

  stop(): void {
    this.child.stdin.end();
  }
}
