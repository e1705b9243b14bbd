interface ImportMetaEnv {
  /** Address of the API, e.g. `https://demand.example.com`, for a page that another host serves. */
  readonly VITE_API_URL?: string;
}
