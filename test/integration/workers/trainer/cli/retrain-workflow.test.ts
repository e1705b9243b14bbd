import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import type { Command } from 'commander';
import { beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { RETRAIN_VARIABLES } from '../../../../../workers/trainer/cli/retrain-settings.ts';
import { createTrainingCommand } from '../../../../../workers/trainer/cli/training-flags.ts';
import { DEFAULT_CACHE } from '../../../../../workers/trainer/data/import/data-flags.ts';
import { DEFAULT_SPOOL_DIRECTORY } from '../../../../../workers/trainer/tracking/adopt-spool.ts';
import { virtualEnvironmentForTests } from '../../../../support/processes/virtual-environment.ts';
import { MOTO_PACKAGES } from '../../../../support/stand-ins/moto-server.ts';

const ROOT = fileURLToPath(new URL('../../../../..', import.meta.url));
const WORKFLOW = join(ROOT, '.github/workflows/retrain.yml');

const stepSchema = z.strictObject({
  name: z.string().optional(),
  uses: z.string().optional(),
  run: z.string().optional(),
  if: z.string().optional(),
  with: z.record(z.string(), z.union([z.string(), z.boolean()])).optional(),
  env: z.record(z.string(), z.string()).optional(),
  'timeout-minutes': z.int().optional(),
});
const workflowSchema = z.strictObject({
  name: z.string(),
  // YAML 1.1 reads "on" as true.
  true: z.strictObject({
    schedule: z.array(z.strictObject({ cron: z.string() })).length(1),
    repository_dispatch: z.strictObject({ types: z.array(z.string()) }),
    workflow_dispatch: z.strictObject({
      inputs: z.record(z.string(), z.object({ type: z.literal('boolean') })),
    }),
  }),
  concurrency: z.strictObject({ group: z.string(), 'cancel-in-progress': z.literal(false) }),
  permissions: z.strictObject({ contents: z.literal('read') }),
  jobs: z.strictObject({
    retrain: z.strictObject({
      'runs-on': z.string(),
      'timeout-minutes': z.int(),
      steps: z.array(stepSchema),
    }),
  }),
});

const dependabotSchema = z.strictObject({
  version: z.literal(2),
  updates: z.array(z.object({ 'package-ecosystem': z.string(), directory: z.string() })),
});

let workflow: z.infer<typeof workflowSchema> | null = null;
let dependabot: z.infer<typeof dependabotSchema> | null = null;
const scripts: Record<string, string> = {};
/** The command of each script in the workflow. */
const commands: Readonly<Record<string, Command>> = { retrain: createTrainingCommand(async () => undefined) };

beforeAll(async () => {
  // PyYAML comes with moto; a parser of our own could share the file's mistake.
  const programs = await virtualEnvironmentForTests('moto', MOTO_PACKAGES);
  if (programs === null) return;
  const program = 'import json, sys, yaml; print(json.dumps(yaml.safe_load(open(sys.argv[1]))))';
  const readYaml = async (path: string): Promise<unknown> => {
    const { stdout } = await promisify(execFile)(join(programs, 'python'), ['-c', program, path]);
    return JSON.parse(stdout);
  };
  workflow = workflowSchema.parse(await readYaml(WORKFLOW));
  dependabot = dependabotSchema.parse(await readYaml(join(ROOT, '.github/dependabot.yml')));
  const manifest = JSON.parse(await readFile(join(ROOT, 'package.json'), 'utf8'));
  Object.assign(scripts, manifest.scripts);
});

describe('the nightly workflow', () => {
  const test = (name: string, check: (parsed: NonNullable<typeof workflow>) => void | Promise<void>) =>
    it(name, (context) => (workflow ? check(workflow) : context.skip('PyYAML is not there')));
  const stepsOf = (parsed: NonNullable<typeof workflow>) => parsed.jobs.retrain.steps;

  test('runs nightly, on request, and by hand, one at a time', (parsed) => {
    expect(parsed.true.schedule[0]?.cron).toMatch(/^\d{1,2} \d{1,2} \* \* \*$/);
    expect(parsed.true.repository_dispatch.types).toEqual(['retrain']);
    expect(parsed.concurrency.group).toBe('retrain');
    expect(parsed.jobs.retrain['timeout-minutes']).toBeLessThanOrEqual(60);
  });

  test('pins every action by commit', (parsed) => {
    const actions = stepsOf(parsed).flatMap(({ uses }) => uses ?? []);
    expect(actions.length).toBeGreaterThan(2);
    for (const action of actions) expect(action).toMatch(/^actions\/[a-z/]+@[0-9a-f]{40}$/);
  });

  test('has Dependabot update actions and packages', () => {
    const places = dependabot?.updates.map((update) => [update['package-ecosystem'], update.directory]);
    expect(places).toEqual([
      ['github-actions', '/'],
      ['npm', '/'],
    ]);
  });

  test('keeps its downloads even if training takes too long', (parsed) => {
    const steps = stepsOf(parsed);
    const trains = steps.findIndex(({ run }) => run?.startsWith('npm run retrain'));
    expect(steps[trains]?.['timeout-minutes']).toBeLessThanOrEqual(
      parsed.jobs.retrain['timeout-minutes'] - 5,
    );
    for (const { uses, if: condition } of steps.slice(trains + 1)) {
      expect([uses?.split('@')[0], condition]).toEqual(['actions/cache/save', 'always()']);
    }
  });

  test('runs scripts and flags that exist', (parsed) => {
    const runs = stepsOf(parsed).flatMap(({ run }) => run ?? []);
    expect(runs[0]).toBe('npm ci');
    const invoked = runs.slice(1).map((run) => {
      const [, script = '', rest = ''] = /^npm run ([\w:-]+)(?: -- (.*))?$/.exec(run) ?? [];
      expect(scripts, run).toHaveProperty([script]);
      const known = commands[script]?.options.map(({ long }) => long);
      for (const flag of rest.match(/--[\w-]+/g) ?? []) expect(known, `${script} ${flag}`).toContain(flag);
      for (const [, input = ''] of rest.matchAll(/inputs\.(\w+)/g)) {
        expect(parsed.true.workflow_dispatch.inputs).toHaveProperty([input]);
      }
      return script;
    });
    expect(invoked).toEqual(['retrain']);
  });

  test('passes every variable that the command reads, secrets as secrets, and no other', (parsed) => {
    const environment = Object.assign({}, ...stepsOf(parsed).map(({ env }) => env ?? {})) as Record<
      string,
      string
    >;
    const { GITHUB_STEP_SUMMARY: _, ...variables } = RETRAIN_VARIABLES;
    expect(Object.keys(environment).sort()).toEqual(Object.keys(variables).sort());
    for (const [name, value] of Object.entries(environment)) {
      const source = /KEY|SECRET|TOKEN|USERNAME|PASSWORD/.test(name) ? 'secrets' : 'vars';
      expect(value).toBe(`\${{ ${source}.${name} }}`);
    }
  });

  test('caches the files that the commands keep, and saves what it restores', (parsed) => {
    const cached = (action: string) =>
      stepsOf(parsed)
        .filter(({ uses }) => uses?.startsWith(`actions/cache/${action}@`))
        .map(({ with: options }) => [String(options?.path).trim().split('\n'), options?.key]);
    const paths = [
      [join(DEFAULT_CACHE, 'kaggle'), join(DEFAULT_CACHE, 'xgboost')],
      [DEFAULT_SPOOL_DIRECTORY],
    ];
    expect(cached('restore').map(([path]) => path)).toEqual(paths);
    // Runs that earlier releases kept for the tracking server go to the bucket, and are not kept again.
    expect(cached('save')).toEqual(cached('restore').slice(0, 1));
  });

  test('needs no undocumented variable', async () => {
    const readme = await readFile(join(ROOT, 'workers/trainer/README.md'), 'utf8');
    for (const name of Object.keys(RETRAIN_VARIABLES)) expect(readme).toContain(`\`${name}\``);
  });
});
