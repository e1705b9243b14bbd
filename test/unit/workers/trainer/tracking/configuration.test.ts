import { describe, expect, it } from 'vitest';
import {
  isTracking,
  readConfiguration,
  TrackingConfigurationError,
} from '../../../../../workers/trainer/tracking/configuration.ts';
import { messageOf } from '../../../../support/message-of.ts';

const URI = 'https://dagshub.com/user/repo.mlflow';

describe('the tracking configuration', () => {
  it('is null without an address', () => {
    expect(isTracking({})).toBe(false);
    expect(isTracking({ MLFLOW_TRACKING_URI: '' })).toBe(false);
    expect(isTracking({ MLFLOW_TRACKING_URI: URI })).toBe(true);
  });

  it('keeps the path of the address and has defaults for the rest', () => {
    expect(readConfiguration({ MLFLOW_TRACKING_URI: `${URI}/`, MLFLOW_EXPERIMENT_NAME: '' })).toEqual({
      baseUrl: URI,
      authorization: null,
      secrets: [],
      experiment: 'retail-demand-edge',
      model: 'retail-demand-edge',
      timeoutMs: 10_000,
      tries: 4,
    });
  });

  it.each([
    [{ MLFLOW_TRACKING_TOKEN: 'abc', MLFLOW_TRACKING_USERNAME: 'ana' }, 'Bearer abc'],
    [{ MLFLOW_TRACKING_USERNAME: 'ana', MLFLOW_TRACKING_PASSWORD: 'pass' }, 'Basic YW5hOnBhc3M='],
    [{ MLFLOW_TRACKING_URI: 'https://ana:p%61ss@dagshub.com/user/repo.mlflow' }, 'Basic YW5hOnBhc3M='],
  ])('reads the credentials: %j', (environment, authorization) => {
    const configuration = readConfiguration({ MLFLOW_TRACKING_URI: URI, ...environment });
    expect(configuration).toMatchObject({ baseUrl: URI, authorization });
    expect(configuration.secrets).toContain(authorization.split(' ')[1]);
  });

  it('names every invalid variable at once, and shows no value', () => {
    const read = () =>
      readConfiguration({
        MLFLOW_TRACKING_URI: 'file:///srv/mlruns',
        MLFLOW_TRACKING_PASSWORD: 'hidden',
        MLFLOW_REGISTERED_MODEL_NAME: "it's/mine",
        MLFLOW_HTTP_REQUEST_TIMEOUT: 'soon',
      });
    expect(read).toThrow(TrackingConfigurationError);
    expect(read).toThrow(/MLFLOW_TRACKING_URI.*MLFLOW_REGISTERED_MODEL_NAME.*MLFLOW_HTTP_REQUEST_TIMEOUT/);
    const half = () => readConfiguration({ MLFLOW_TRACKING_URI: URI, MLFLOW_TRACKING_PASSWORD: 'hidden' });
    expect(half).toThrow(/MLFLOW_TRACKING_USERNAME: is missing/);
    for (const attempt of [read, half]) expect(messageOf(attempt)).not.toMatch(/hidden|srv/);
  });
});
