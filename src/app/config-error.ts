/** sysexits' EX_CONFIG: the process cannot start with this configuration. */
export const CONFIG_EXIT_CODE = 78;

/** One thing that is wrong with one key. */
export interface ConfigProblem {
  key: string;
  /** What was expected; never holds a value, so that no secret reaches a log. */
  detail: string;
}

/** All problems of a configuration at once. */
export class ConfigError extends Error {
  readonly exitCode = CONFIG_EXIT_CODE;

  constructor(readonly problems: readonly ConfigProblem[]) {
    const count = problems.length === 1 ? '1 problem' : `${problems.length} problems`;
    super(
      [`the configuration has ${count}:`, ...problems.map(({ key, detail }) => `  ${key} ${detail}`)].join(
        '\n',
      ),
    );
    this.name = 'ConfigError';
  }
}
