import { expect } from 'chai';
import fc from 'fast-check';
import { AppError } from '../../../src/kernel/errors.js';
import { validParameters } from '../../../src/modules/equipment/configure-equipment.js';
import { answerOf } from '../../../src/modules/equipment/task-answer.js';

const GOOD = { username: 'admin', password: 'a secret', vlan: 534, interfaces: [1, 2] };

function faultsOf(raw: unknown, at?: string): string[] {
  try {
    validParameters(raw, at);
    return [];
  } catch (error) {
    if (error instanceof AppError) return error.errors.map(({ pointer }) => pointer);
    throw error;
  }
}

describe('Parameters of a device', () => {
  it('are an object or an array of one, with or without a vlan', () => {
    expect(validParameters(GOOD)).to.deep.equal(GOOD);
    expect(validParameters([{ ...GOOD, vlan: null }])).to.deep.equal({ ...GOOD, vlan: null });
    const { username, password, interfaces } = GOOD;
    expect(validParameters({ username, password, interfaces })).to.deep.equal({ ...GOOD, vlan: null });
    expect(validParameters({ ...GOOD, interfaces: [], vlan: 1 })).to.include({ vlan: 1 });
    expect(validParameters({ ...GOOD, vlan: 4094 })).to.include({ vlan: 4094 });
  });

  it('are refused with a pointer to each wrong field', () => {
    const wrong = { username: '', password: 1, vlan: 0, interfaces: [0, 1, 1.5], 'a/b~c': 1 };
    expect(faultsOf(wrong)).to.have.members([
      ...['/parameters/username', '/parameters/password', '/parameters/vlan'],
      ...['/parameters/interfaces/0', '/parameters/interfaces/2', '/parameters/a~1b~0c'],
    ]);
    expect(faultsOf([wrong], '/devices/7')).to.include('/devices/7/0/vlan');
    for (const raw of [undefined, null, 'x', 7, [], [GOOD, GOOD], [[GOOD]]]) {
      expect(faultsOf(raw)).to.deep.equal(['/parameters']);
    }
    expect(faultsOf({ ...GOOD, interfaces: Array.from({ length: 5_000 }, () => 0) })).to.have.length(1);
  });

  it('never show a password in what is said of them', () => {
    fc.assert(
      fc.property(fc.jsonValue(), fc.string({ minLength: 8, unit: 'grapheme-ascii' }), (other, secret) => {
        const marked = `§${secret}§`;
        for (const password of [[marked], { in: marked }, marked.padEnd(300, 'x')]) {
          try {
            validParameters({ username: other, password, vlan: other, interfaces: other });
            expect.fail('it was taken');
          } catch (error) {
            if (!(error instanceof AppError)) throw error;
            expect(JSON.stringify(error.errors)).to.not.contain('§');
          }
        }
      }),
      { numRuns: 50 },
    );
  });

  it('that came as a text are not shown, as that may hold a password', () => {
    for (const raw of ['§', JSON.stringify({ ...GOOD, password: '§' }), ['§']]) {
      expect(() => validParameters(raw))
        .to.throw(AppError)
        .with.property('errors')
        .that.satisfies((errors: unknown) => !JSON.stringify(errors).includes('§'));
    }
  });
});

describe('The answer for a task', () => {
  it('is that of the predecessor for each state', () => {
    const answer = (state: Parameters<typeof answerOf>[0]['state'], errorCode: string | null = null) => {
      const { status, body } = answerOf({ state, errorCode });
      return `${status} ${body.code} ${body.message}`;
    };
    expect(answer('pending')).to.equal('200 204 Task is still running');
    expect(answer('in_work')).to.equal('200 204 Task is still running');
    expect(answer('completed')).to.equal('200 200 Completed');
    expect(answer('error', 'equipment.not-found')).to.equal('404 404 The requested equipment is not found');
    for (const code of [
      'equipment.failed',
      'tasks.deadline-passed',
      'tasks.expired',
      'equipment.superseded',
    ]) {
      expect(answer('error', code)).to.equal('500 500 Internal provisioning exception');
    }
    expect(answer('cancelled')).to.equal('500 500 Internal provisioning exception');
  });
});
