import { KaggleError } from './kaggle-error.ts';

const SETTINGS = 'https://www.kaggle.com/settings';

/**
 * The Authorization header: a bearer token (`KAGGLE_API_TOKEN`), else user name and key (`KAGGLE_USERNAME`,
 * `KAGGLE_KEY`).
 *
 * @throws {KaggleError} `missing-keys`, naming the variables
 */
export function authorizationOf(environment: Readonly<Record<string, string | undefined>>): string {
  const { KAGGLE_API_TOKEN: token = '', KAGGLE_USERNAME: user = '', KAGGLE_KEY: key = '' } = environment;
  if (token !== '') return `Bearer ${token}`;
  if (user !== '' && key !== '') return `Basic ${Buffer.from(`${user}:${key}`).toString('base64')}`;
  const missing = [...(user === '' ? ['KAGGLE_USERNAME'] : []), ...(key === '' ? ['KAGGLE_KEY'] : [])];
  throw new KaggleError(
    'missing-keys',
    `${missing.join(' and ')} ${missing.length === 1 ? 'is' : 'are'} not set`,
    `Create an API key at ${SETTINGS} and set KAGGLE_USERNAME and KAGGLE_KEY, or a token in KAGGLE_API_TOKEN`,
  );
}
