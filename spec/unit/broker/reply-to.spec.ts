import { expect } from 'chai';
import { replyToAllowed } from '../../../src/platform/broker/index.js';

describe('reply_to', () => {
  const policy = { prefixes: ['client.', ''], ownQueues: ['task_report', 'client.own'] };
  const allowed: [string, boolean][] = [
    ['amq.rabbitmq.reply-to.g1h2AA', true],
    ['amq.gen-JzTY20BRgKO', true],
    ['client.7', true],
    ['client.own', false],
    ['client.own.dead', false],
    ['task_report', false],
    ['task_report.dead', false],
    ['amq.rabbitmq.reply-to', false],
    ['somewhere', false],
    ['', false],
  ];
  for (const [replyTo, yes] of allowed) {
    it(`${yes ? 'is' : 'is not'} answered at "${replyTo}"`, () => {
      expect(replyToAllowed(replyTo, policy)).to.equal(yes);
    });
  }
});
