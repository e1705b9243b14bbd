import packageJson from '../../../package.json' with { type: 'json' };
import { HORIZON } from '../../../shared/features/index.ts';

/** Version of the API: that of the package. */
export const API_VERSION: string = packageJson.version;

/** Head of the OpenAPI document; paths and schemas come from the routes. */
export const documentHead = {
  openapi: '3.1.0',
  info: {
    title: 'Retail demand at the edge',
    version: API_VERSION,
    description:
      `Live sales, and forecasts of what every store will sell of every product family on the next ${HORIZON} days. ` +
      'Errors are problem details (RFC 9457); GET /v1/problems lists their codes.',
    license: { name: 'MIT', identifier: 'MIT' },
  },
  servers: [{ url: '/' }],
  tags: [
    { name: 'catalog', description: 'What can be asked for' },
    { name: 'sales', description: 'What was sold' },
    { name: 'transactions', description: 'Sending sales' },
    { name: 'forecasts', description: 'What will be sold' },
    { name: 'models', description: 'The model that forecasts' },
    { name: 'pipeline', description: 'From the stream to the feature store' },
    { name: 'health', description: 'For load balancers and people on call' },
    { name: 'documentation', description: 'This document and the error codes' },
  ],
};
