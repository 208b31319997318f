import { expect } from 'chai';
import { systemClock } from '../../../src/kernel/clock.js';
import { createRedisCache } from '../../../src/platform/cache/redis-cache.js';
import { RecordingLog } from '../../support/recording-log.js';
import { RedisServer } from '../../support/redis.js';
import { waitFor } from '../../support/wait-for.js';

describe('cache in Redis that goes away', () => {
  let server: RedisServer;
  before(async () => (server = await RedisServer.start()));
  after(() => server.stop());

  it('misses at once, says so, and is there again when the server is', async () => {
    const log = new RecordingLog();
    const cache = createRedisCache({ url: server.url, clock: systemClock, log });
    await cache.start();
    await cache.set('a', 'x', 60_000);
    await server.stop();
    await waitFor('degraded', () => cache.state().status === 'degraded');
    const began = performance.now();
    expect(await cache.get('a')).to.equal(undefined);
    expect(await cache.set('a', 'x', 60_000)).to.equal(false);
    expect(performance.now() - began).to.be.below(500);
    await server.resume();
    await waitFor('back', () => cache.state().status === 'ok');
    expect(await cache.set('a', 'y', 60_000)).to.equal(true);
    expect(await cache.get('a')).to.equal('y');
    expect(log.messages('warn')).to.have.length(1);
    expect(log.messages('info')).to.deep.equal(['the cache is back']);
    await cache.stop();
  });

  it('starts without a server, and never logs the password', async () => {
    await server.stop();
    const log = new RecordingLog();
    const url = `redis://user:s3cret@127.0.0.1:${server.port}`;
    const cache = createRedisCache({ url, clock: systemClock, log, connectTimeoutMs: 200 });
    await cache.start();
    expect(cache.state().status).to.equal('degraded');
    expect(await cache.getMany(['a', 'b'])).to.deep.equal([undefined, undefined]);
    await cache.stop();
    const told = log.entries.map(
      ({ fields, message }) => message + String((fields as { err?: Error }).err?.stack),
    );
    expect(told.join() + JSON.stringify(cache.state())).not.to.contain('s3cret');
  });

  it('has the values dropped by the server itself when their time is over', async () => {
    await server.resume();
    const cache = createRedisCache({ url: server.url, clock: systemClock, log: new RecordingLog() });
    await cache.start();
    await cache.set('brief', 'x', 30);
    await waitFor('expiry', async () => (await cache.get('brief')) === undefined);
    await cache.stop();
  });
});
