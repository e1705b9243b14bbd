/**
 * `npm run check:imports`: the import directions of the layout (rules.json). The exit code is 1 when one is broken,
 * or when fewer modules were found than the folders hold.
 *
 * @module
 */
import { fileURLToPath } from 'node:url';
import { checkImports, readRules } from './check-imports.ts';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
/** Far fewer modules than this would mean that the check no longer sees the sources. */
const FEWEST_MODULES = 400;

const { modules, imports, violations } = await checkImports(
  ROOT,
  await readRules(new URL('rules.json', import.meta.url)),
);
process.stdout.write(`${modules} modules, ${imports} imports, ${violations.length} against the layout\n`);
for (const violation of violations) process.stdout.write(`  ${violation}\n`);
if (modules < FEWEST_MODULES) {
  process.stdout.write(`fewer than ${FEWEST_MODULES} modules: are the roots of rules.json still right?\n`);
}
process.exitCode = violations.length > 0 || modules < FEWEST_MODULES ? 1 : 0;
