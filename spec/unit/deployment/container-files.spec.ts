import { readFile } from 'node:fs/promises';
import { expect } from 'chai';

/** Set by the image for Node itself. */
const NOT_OURS = new Set(['NODE_ENV']);

async function configurationKeys(): Promise<Set<string>> {
  const text = await readFile('config.default.env', 'utf8');
  return new Set([...text.matchAll(/^([A-Z][A-Z0-9_]*)=/gm)].map(([, key]) => key!));
}

/** The keys that the service gets in compose.yaml. */
function composeKeys(compose: string): string[] {
  const service = /^ {2}switchyard:\n(?:(?: {4}.*)?\n)+/m.exec(compose)?.[0] ?? '';
  const environment = /^ {4}environment:\n((?: {6}.*\n)+)/m.exec(service)?.[1] ?? '';
  return [...environment.matchAll(/^ {6}([A-Z][A-Z0-9_]*):/gm)].map(([, key]) => key!);
}

describe('the container files', () => {
  it('set keys of the configuration alone', async () => {
    const known = await configurationKeys();
    const dockerfile = await readFile('Dockerfile', 'utf8');
    const env = /^ENV (?:.*\\\n)*.*$/m.exec(dockerfile)?.[0] ?? '';
    const imageKeys = [...env.matchAll(/\b([A-Z][A-Z0-9_]*)=/g)].map(([, key]) => key!);
    const keys = [...imageKeys.filter((key) => !NOT_OURS.has(key)), ...composeKeys(await compose())];
    expect(keys).to.include.members(['HOST', 'PORT', 'STATE_DIR', 'AMQP_URL', 'DATABASE_URL', 'CACHE_URL']);
    expect(keys.filter((key) => !known.has(key))).to.deep.equal([]);
  });

  it('publish ports on the loopback address alone', async () => {
    const published = [...(await compose()).matchAll(/^ {6}- '([^']*:\d+)'$/gm)].map(([, port]) => port!);
    expect(published).to.have.length(4);
    expect(published.filter((port) => !port.startsWith('127.0.0.1:'))).to.deep.equal([]);
  });

  it('do not run as root, and on a Node that package.json supports', async () => {
    const dockerfile = await readFile('Dockerfile', 'utf8');
    expect(dockerfile).to.match(/^USER node$/m);
    expect([...dockerfile.matchAll(/^FROM node:(\d+)/gm)].map(([, major]) => major)).to.deep.equal([
      '24',
      '24',
    ]);
  });
});

function compose(): Promise<string> {
  return readFile('compose.yaml', 'utf8');
}
