import { expect } from 'chai';
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { CONFIG_KEYS, CONFIG_KEY_NAMES, isConfigKey } from '../../../src/app/config-keys.js';
import { packageRoot } from '../../../src/app/package-root.js';

const defaults = readFileSync(join(packageRoot(), 'config.default.env'), 'utf8');

describe('documentation of the configuration', () => {
  it('has each key once in config.default.env, with the values that its rule takes', () => {
    const entries = [...defaults.matchAll(/^# Value: (.*)\n([A-Z_]+)=/gm)];
    expect(entries.map(([, , key]) => key)).to.have.members([...CONFIG_KEY_NAMES]);
    for (const [, value, key] of entries) {
      if (key && isConfigKey(key))
        expect(`${key}: ${value}`).to.equal(`${key}: ${CONFIG_KEYS[key].expected}`);
    }
  });

  it('says of every secret, and of nothing else, that it is one', () => {
    const secret = [...defaults.matchAll(/ Secret\.\n# Value: .*\n([A-Z_]+)=/g)].map(([, key]) => key);
    expect(secret).to.have.members(CONFIG_KEY_NAMES.filter((key) => CONFIG_KEYS[key].secret));
  });

  it('is the same in docs/configuration.md', () => {
    const check = spawnSync(process.execPath, ['tools/config-docs.mjs', '--check'], {
      cwd: packageRoot(),
      encoding: 'utf8',
    });
    expect(check.stderr).to.equal('');
    const listed = readFileSync(join(packageRoot(), 'docs/configuration.md'), 'utf8').match(
      /^\| `[A-Z_]+`/gm,
    );
    expect(listed?.map((cell) => cell.slice(3, -1))).to.have.members([...CONFIG_KEY_NAMES]);
  });
});
