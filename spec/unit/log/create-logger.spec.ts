import { expect } from 'chai';
import { Writable } from 'node:stream';
import { createLogger } from '../../../src/platform/log/create-logger.js';

function logged(act: (log: ReturnType<typeof createLogger>) => void): Record<string, unknown>[] {
  let text = '';
  const destination = new Writable({
    write(chunk: Buffer, _encoding, done) {
      text += chunk.toString();
      done();
    },
  });
  act(createLogger({ level: 'info', pretty: false, destination }));
  const lines = text.split('\n').filter((line) => line !== '');
  return lines.map((line) => JSON.parse(line) as Record<string, unknown>);
}

describe('the log', () => {
  it('writes one JSON object a line, from its level on', () => {
    const lines = logged((log) => {
      log.debug({}, 'not this');
      log.child({ module: 'tasks' }).warn({ id: 1 }, 'this');
    });
    expect(lines).to.have.length(1);
    expect(lines[0]).to.include({ level: 'warn', module: 'tasks', id: 1, msg: 'this' });
    expect(lines[0]!['time']).to.match(/^\d{4}-.*Z$/);
  });

  it('hides secrets by the names of their keys, however deep, in fields and children', () => {
    const fields = {
      password: 'S3CRET',
      a: { b: [{ Authorization: 'S3CRET', accessToken: 'S3CRET', 'api-key': 'S3CRET' }] },
      tokens: 3,
    };
    const text = JSON.stringify(logged((log) => log.child({ token: 'S3CRET' }).info(fields, 'done')));
    expect(text).to.not.contain('S3CRET');
    expect(text).to.contain('"tokens":3');
  });

  it('spells errors out with their causes, and leaves out what libraries hang on them', () => {
    const cause = Object.assign(new Error('refused'), {
      code: 'ECONNREFUSED',
      request: { headers: 'S3CRET' },
    });
    const [line] = logged((log) => log.error({ err: new Error('no answer', { cause }) }, 'failed'));
    expect(line!['err']).to.deep.include({ type: 'Error', message: 'no answer' });
    expect(line!['err']).to.have.nested.include({ 'cause.code': 'ECONNREFUSED', 'cause.message': 'refused' });
    expect(JSON.stringify(line)).to.not.contain('S3CRET');
  });

  it('bounds what is deep, long or cyclic', () => {
    const cyclic: Record<string, unknown> = {
      bytes: Buffer.alloc(9_000),
      many: Array.from({ length: 5_000 }, () => 1),
    };
    cyclic['self'] = cyclic;
    expect(JSON.stringify(logged((log) => log.info(cyclic, 'odd'))).length).to.be.lessThan(5_000);
  });
});
