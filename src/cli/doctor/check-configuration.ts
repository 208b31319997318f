import type { Check, Finding } from './finding.js';
import { fail, ok, warn } from './finding.js';
import type { ConfigError } from '../../app/config-error.js';

/** What is left to be said of a configuration that could be read. */
export const checkConfiguration: Check = {
  name: 'configuration',
  run: ({ config }) => {
    const set = config.settings.filter(({ source }) => source !== 'default').length;
    const unknown = config.warnings.map((text) =>
      warn('configuration', text, 'correct the name, or remove the line'),
    );
    return [
      ok('configuration', `${config.settings.length} keys, ${set} of them set`),
      ...unknown,
      ...(config.access.auth ? [] : [openToAll]),
    ];
  },
};

const openToAll = warn(
  'configuration',
  'AUTH=off: whoever reaches the listener may do everything',
  'remove AUTH, unless the network is closed',
);

/** One that could not be read: every problem by its key, never with the value. */
export function configurationFindings({ problems }: ConfigError): Finding[] {
  const todo = 'correct it in the environment or in .env; docs/configuration.md has every key';
  return problems.map(({ key, detail }) => fail('configuration', `${key} ${detail}`, todo));
}
