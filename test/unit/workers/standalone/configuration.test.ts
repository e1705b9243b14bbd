import { describe, expect, it } from 'vitest';
import { parsePipelineConfiguration } from '../../../../workers/standalone/configuration.ts';

const MINIMAL = { BUSINESS_TIME_ZONE: 'America/Guayaquil' };

describe('the configuration of the pipeline', () => {
  it('needs nothing but the time zone and stays within the free plan by itself', () => {
    const configuration = parsePipelineConfiguration(MINIMAL);
    expect(configuration).toMatchObject({
      replay: { batchSize: 50, maxTicks: 12, scenario: undefined },
      aggregate: { maxEntries: 12 },
      ingest: { maxRows: 5000 },
    });
    expect(configuration.replay.clock.timeZone).toBe('America/Guayaquil');
    expect(configuration.aggregate.clock.timeZone).toBe('America/Guayaquil');
  });

  it('takes bounds and a drill from the variables', () => {
    const configuration = parsePipelineConfiguration({
      ...MINIMAL,
      REPLAY_BATCH_SIZE: '7',
      REPLAY_MAX_TICKS: '288',
      REPLAY_SCENARIO: '{"kind":"going_dark","families":["DAIRY"]}',
      SALES_STORE: {},
    });
    expect(configuration.replay).toMatchObject({
      batchSize: 7,
      maxTicks: 288,
      scenario: { kind: 'going_dark', families: ['DAIRY'] },
    });
  });

  it('lists every variable that is wrong, at once', () => {
    const parse = () =>
      parsePipelineConfiguration({
        BUSINESS_TIME_ZONE: 'Moon/Base',
        REPLAY_BATCH_SIZE: 'many',
        REPLAY_MAX_TICKS: '0',
        COMPACT_SERIES_PER_RUN: '1.5',
        REPLAY_SCENARIO: '{"kind":"flood"}',
      });
    for (const name of [
      'BUSINESS_TIME_ZONE',
      'REPLAY_BATCH_SIZE',
      'REPLAY_MAX_TICKS',
      'COMPACT_SERIES_PER_RUN',
      'REPLAY_SCENARIO',
    ]) {
      expect(parse).toThrow(name);
    }
    expect(() => parsePipelineConfiguration({})).toThrow('BUSINESS_TIME_ZONE is required');
    expect(() => parsePipelineConfiguration({ ...MINIMAL, REPLAY_SCENARIO: '{' })).toThrow('must be JSON');
  });
});
