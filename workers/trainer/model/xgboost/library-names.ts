/** The release that the trainer is built and tested against. */
export const PINNED_VERSION = '3.2.0';

/** SHA-256 of the wheels of that release: they are loaded as native code beside the keys of the object store. */
export const WHEEL_HASHES = {
  'xgboost-cpu': [
    '9c10b1653e1a689bf4094a328144cf3633c9be0e5217a76fbdc2fde6abcb2950', // Linux, x86_64
    '896b9e2bc52ec0921edf92ddd1cebedf47032e94992b7aca0293524d380ce6e9', // Linux, aarch64
    'bfe72e42f73d2c6870a1a8b75324d56ae86ddad9abd4dccefeb36f2c3196dd48', // Windows
  ],
  xgboost: [
    'eabbd40d474b8dbf6cb3536325f9150b9e6f0db32d18de9914fb3227d0bef5b7', // macOS, arm64
    '2f661966d3e322536d9c448090a870fcba1e32ee5760c10b7c46bac7a342079a', // macOS, x86_64
  ],
} as const satisfies Record<string, readonly string[]>;

/** Names of XGBoost's shared library and its wheel on one platform. */
export interface LibraryNames {
  readonly file: string;
  /** The wheel on PyPI: the one without GPU code, where there is one. */
  readonly wheel: keyof typeof WHEEL_HASHES;
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
