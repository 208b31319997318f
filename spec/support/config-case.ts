import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { loadConfig } from '../../src/app/config.js';
import type { Config } from '../../src/app/config.js';
import { ConfigError } from '../../src/app/config-error.js';

/** A working directory of its own, with the environment and `.env` that a spec wants. */
export class ConfigCase {
  readonly cwd = mkdtempSync(join(tmpdir(), 'switchyard-config-'));

  file(name: string, content: string): string {
    writeFileSync(join(this.cwd, name), content);
    return join(this.cwd, name);
  }

  load(env: Record<string, string> = {}): Config {
    return loadConfig({ env, cwd: this.cwd });
  }

  /** The error of a load that has to fail. */
  refusal(env: Record<string, string>): ConfigError {
    try {
      this.load(env);
    } catch (error) {
      if (error instanceof ConfigError) return error;
      throw error;
    }
    throw new Error('the configuration was taken');
  }

  remove(): void {
    rmSync(this.cwd, { recursive: true, force: true });
  }
}
