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
      `Live sales, and demand forecasts of every store and product family for the next ${HORIZON} days.  ` +
      'Errors are problem details (RFC 9457); GET /v1/problems lists their codes.',
    license: { name: 'MIT', identifier: 'MIT' },
  },
  servers: [{ url: '/' }],
  // Operations that need a key say so themselves.
  security: [],
  tags: [
    { name: 'catalog', description: 'Stores, families and series' },
    { name: 'sales', description: 'Past sales and sales of today' },
    { name: 'transactions', description: 'Sending sales' },
    { name: 'forecasts', description: 'Demand of the days ahead' },
    { name: 'models', description: 'The model in service' },
    { name: 'pipeline', description: 'The state of the pipeline' },
    { name: 'health', description: 'For load balancers and operators' },
    { name: 'documentation', description: 'This document and the error codes' },
  ],
};
