/** The release that the trainer is built and tested against. */
export const PINNED_VERSION = '3.2.0';

/** Names of XGBoost's shared library and its wheel on one platform. */
export interface LibraryNames {
  readonly file: string;
  /** The wheel on PyPI: the one without GPU code, where there is one. */
  readonly wheel: string;
  /** Where package managers install the library. */
  readonly systemPaths: readonly string[];
}

export function libraryNamesFor(platform: NodeJS.Platform, arch: string): LibraryNames {
  if (platform === 'darwin') {
    const file = 'libxgboost.dylib';
    const systemPaths = [`/opt/homebrew/lib/${file}`, `/usr/local/lib/${file}`];
    return { file, wheel: 'xgboost', systemPaths };
  }
  if (platform === 'win32') return { file: 'xgboost.dll', wheel: 'xgboost-cpu', systemPaths: [] };
  const file = 'libxgboost.so';
  const triplet = `${arch === 'arm64' ? 'aarch64' : 'x86_64'}-linux-gnu`;
  const systemPaths = ['/usr/local/lib', '/usr/lib', `/usr/lib/${triplet}`, '/usr/lib64'];
  return { file, wheel: 'xgboost-cpu', systemPaths: systemPaths.map((folder) => `${folder}/${file}`) };
}
