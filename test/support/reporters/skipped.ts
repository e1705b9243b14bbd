import { relative } from 'node:path';
import type { Reporter, TestCase, TestModule, Vitest } from 'vitest/node';

/**
 * Says at the end of a run what was not tested, and why: one line for each reason in each file. A test tells its reason with
 * `context.skip(reason)`; the name of a suite that is skipped as a whole has it.
 */
export default class SkippedReporter implements Reporter {
  #vitest: Vitest | null = null;

  onInit(vitest: Vitest): void {
    this.#vitest = vitest;
  }

  onTestRunEnd(modules: readonly TestModule[]): void {
    if (!this.#vitest) return;
    const { config, logger } = this.#vitest;
    // Whoever asks for some tests by name knows that the others are left out.
    if (config.testNamePattern) return;
    for (const line of skippedLines(modules, config.root)) logger.log(line);
  }
}

/** `SKIPPED 2 tests of test/a.test.ts: redis-server is not installed` */
export function skippedLines(modules: readonly TestModule[], root: string): string[] {
  return modules.flatMap((module) => {
    const counts = new Map<string, number>();
    for (const test of module.children.allTests('skipped')) {
      // Not reached, as after --bail.
      if (test.options.mode === 'run' && reasonGiven(test) === undefined) continue;
      const reason = reasonGiven(test) ?? suiteOf(test);
      counts.set(reason, (counts.get(reason) ?? 0) + 1);
    }
    return [...counts].map(
      ([reason, count]) =>
        `SKIPPED ${count} ${count === 1 ? 'test' : 'tests'} of ${relative(root, module.moduleId)}: ${reason}`,
    );
  });
}

function reasonGiven(test: TestCase): string | undefined {
  const result = test.result();
  return result.state === 'skipped' ? result.note : undefined;
}

/** The name of the outermost suite of the test; its own where it is in none. */
function suiteOf(test: TestCase): string {
  return test.fullName.split(' > ')[0] ?? test.name;
}
