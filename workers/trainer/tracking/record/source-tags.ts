import type { Environment } from '../../report/notes.ts';

/**
 * Where a run comes from, in the tags that MLflow's pages show: the command, and on GitHub the commit, the branch, who
 * started it and the address of the workflow run.
 */
export function sourceTags(environment: Environment): Record<string, string> {
  const { GITHUB_SERVER_URL, GITHUB_REPOSITORY, GITHUB_RUN_ID, GITHUB_SHA, GITHUB_REF_NAME, GITHUB_ACTOR } =
    environment;
  const repository =
    GITHUB_SERVER_URL && GITHUB_REPOSITORY ? `${GITHUB_SERVER_URL}/${GITHUB_REPOSITORY}` : undefined;
  const tags = {
    'mlflow.source.name': 'npm run train',
    'mlflow.source.type': environment.CI ? 'JOB' : 'LOCAL',
    'mlflow.source.git.commit': GITHUB_SHA,
    'mlflow.source.git.branch': GITHUB_REF_NAME,
    'mlflow.source.git.repoURL': repository,
    'mlflow.user': GITHUB_ACTOR,
    workflow_run: repository && GITHUB_RUN_ID ? `${repository}/actions/runs/${GITHUB_RUN_ID}` : undefined,
  };
  return Object.fromEntries(
    Object.entries(tags).filter((entry): entry is [string, string] => Boolean(entry[1])),
  );
}
