interface ImportMetaEnv {
  /** Address of the API, e.g. `https://demand.example.com`, for a page served by another host. */
  readonly VITE_API_URL?: string;
}
