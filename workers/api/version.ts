import packageJson from '../../package.json' with { type: 'json' };

/** Version of the API: that of the package. */
export const API_VERSION: string = packageJson.version;
