import { expect } from 'chai';
import { join } from 'node:path';
import { describeConfig } from '../../../src/app/config.js';
import { ConfigCase } from '../../support/config-case.js';

describe('configuration', () => {
  let here: ConfigCase;
  beforeEach(() => (here = new ConfigCase()));
  afterEach(() => here.remove());

  it('needs nothing: the defaults are legal, in base units, with absolute paths', () => {
    const config = here.load();
    expect(config.http).to.include({ host: '127.0.0.1', port: 8000, bodyLimitBytes: 1_048_576 });
    expect(config.data).to.include({ file: join(here.cwd, 'data/data.json'), sampleIfMissing: true });
    expect(config.state.dir).to.equal(join(here.cwd, 'data/state'));
    expect(config.cache).to.include({ url: null, ttlMs: 600_000 });
    expect(config.workers.threads).to.be.within(1, 64);
    expect([config.tls, config.broker.url, config.db.url]).to.deep.equal([null, null, null]);
    expect(config.access).to.deep.equal({ auth: true, trustProxy: [] });
  });

  it('takes the environment before .env, .env before the default, and empty as not set', () => {
    here.file('.env', 'PORT=8001\nLOG_LEVEL=debug\nHOST=0.0.0.0\n');
    const config = here.load({ PORT: '8002', LOG_LEVEL: '  ', DATA_FILE: 'calls.json' });
    expect([config.http.port, config.log.level, config.http.host]).to.deep.equal([8002, 'debug', '0.0.0.0']);
    expect(config.data).to.include({ file: join(here.cwd, 'calls.json'), sampleIfMissing: false });
    const sources = new Map(describeConfig(config).map(({ key, source }) => [key, source]));
    expect(['PORT', 'HOST', 'AUTH'].map((key) => sources.get(key as 'PORT'))).to.deep.equal([
      'environment',
      '.env',
      'default',
    ]);
  });

  it('is frozen all the way down', () => {
    const config = here.load({ TRUST_PROXY: '10.0.0.0/8, ::1' });
    expect(config.access.trustProxy).to.deep.equal(['10.0.0.0/8', '::1']);
    for (const part of [config, config.http, config.access.trustProxy, config.settings, config.settings[0]]) {
      expect(part).to.be.frozen;
    }
  });

  it('reads a secret from the file that KEY_FILE names, and never shows it', () => {
    const file = here.file('amqp', ' amqp://u:hidden-word@mq:5672\n');
    const config = here.load({ AMQP_URL_FILE: file, DATABASE_URL: 'postgres://u:hidden-word@db/x' });
    expect(config.broker.url).to.equal('amqp://u:hidden-word@mq:5672');
    expect(JSON.stringify(describeConfig(config))).not.to.contain('hidden-word');
    expect(describeConfig(config).find(({ key }) => key === 'AMQP_URL')).to.deep.equal({
      key: 'AMQP_URL',
      value: '(hidden)',
      secret: true,
      source: 'environment',
      fromFile: true,
    });
  });

  it('lets KEY_FILE of the environment win over KEY of .env', () => {
    here.file('.env', 'AMQP_URL=amqp://a\n');
    expect(here.load({ AMQP_URL_FILE: here.file('amqp', 'amqp://b') }).broker.url).to.equal('amqp://b');
  });

  it('reports all problems at once, by key', () => {
    const error = here.refusal({
      HOST: 'http://x',
      PORT: '65536',
      TLS_CERT_FILE: 'cert.pem',
      AUTH: 'maybe',
      TRUST_PROXY: '10.0.0.0/33',
      AMQP_URL: 'amqp://a',
      AMQP_URL_FILE: '/nowhere',
      CACHE_URL_FILE: '/nowhere',
      DATABASE_URL: 'mysql://db/x',
      QUEUE_TASK_REPORT: 'amq.mine',
      QUEUE_READY_REPORT: 'a b',
      TASK_RETRY_MAX_MS: '10',
      WORKER_THREADS: '1.5',
    });
    expect(error.message.split('\n').map((line) => line.trim())).to.have.members([
      'the configuration has 12 problems:',
      'HOST must be an IP address or a host name',
      'PORT must be a whole number from 0 to 65535',
      'AUTH must be on or off',
      'TRUST_PROXY must be IP addresses or CIDR ranges, separated by commas',
      'AMQP_URL and AMQP_URL_FILE are both set; one of them is expected',
      'CACHE_URL_FILE must name a file that can be read (ENOENT)',
      'DATABASE_URL must be a postgres:// or postgresql:// URL',
      'QUEUE_TASK_REPORT must be a queue name of 1 to 255 printable characters that does not start with amq.',
      'QUEUE_READY_REPORT must be a queue name of 1 to 255 printable characters that does not start with amq.',
      'TLS_KEY_FILE is expected too, as TLS_CERT_FILE is set',
      'TASK_RETRY_MAX_MS must not be below TASK_RETRY_BASE_MS',
      'WORKER_THREADS must be a whole number from 0 to 64',
    ]);
    expect(error.exitCode).to.equal(78);
  });

  it('warns of keys in .env that it does not know, and says which was meant', () => {
    here.file('.env', 'AMQP_ULR=amqp://x\nPOSTGRES_PASSWORD=x\nSWITCHYARD_TOKEN=x\nCACHE_URL_FILE=\n');
    expect(here.load({ NOT_OURS: '1' }).warnings).to.deep.equal([
      'AMQP_ULR in .env is not a known key; did you mean AMQP_URL?',
      'POSTGRES_PASSWORD in .env is not a known key',
    ]);
  });
});
