import { expect } from 'chai';
import fc from 'fast-check';
import { parseCommand } from '../../../src/modules/notifications/telegram/parse-command.js';

const parse = (text: string) => parseCommand(text, 'RatesBot');
const condition = (text: string) => {
  const command = parse(text);
  return command?.kind === 'alert' ? command.condition : command;
};

describe('A command of a chat', () => {
  it('is known in any case, with the name of the bot, and with space around it', () => {
    expect(parse(' /START ')).to.deep.equal({ kind: 'start' });
    expect(parse('/help@ratesbot')).to.deep.equal({ kind: 'help' });
    expect(parse('/rate  btc-usdt ')).to.deep.equal({ kind: 'rate', pair: 'btc-usdt' });
    expect(parse('/cancel #12')).to.deep.equal({ kind: 'cancel', number: 12 });
  });

  it('for another bot is nothing', () => {
    expect(parse('/help@OtherBot')).to.equal(undefined);
    expect(parseCommand('/help@OtherBot', undefined)).to.deep.equal({ kind: 'help' });
  });

  it('sets a level however it is written', () => {
    const above = { pair: 'BTC-USDT', op: 'above', value: '70000' };
    for (const text of [
      'BTC-USDT > 70000',
      'BTC-USDT>70000',
      'BTC-USDT >= 70 000',
      'BTC-USDT above 70_000',
      'BTC-USDT Выше 70000',
    ]) {
      expect(condition(`/alert ${text}`), text).to.deep.equal(above);
    }
    expect(condition('/alert BTC-USDT < 0,5')).to.deep.equal({ pair: 'BTC-USDT', op: 'below', value: '0.5' });
  });

  it('sets a change with its time, an hour where none is named', () => {
    const change = { pair: 'BTC-USDT', op: 'change_pct', value: '2.5' };
    expect(condition('/alert BTC-USDT 2.5% 15m')).to.deep.equal({ ...change, windowS: 900 });
    expect(condition('/alert BTC-USDT 2,5 % за 2 ч')).to.deep.equal({ ...change, windowS: 7_200 });
    expect(condition('/alert BTC-USDT 2.5%')).to.deep.equal({ ...change, windowS: 3_600 });
    expect(condition('/alert BTC-USDT 2.5% 1 fortnight')).to.include({ problem: 'window' });
  });

  it('that is unclear says in what', () => {
    const problem = (text: string) => (parse(text) as { problem?: string }).problem;
    expect(problem('/alert')).to.equal('missing');
    expect(problem('/alert BTC-USDT 70000')).to.equal('form');
    expect(problem('/alert BTC-USDT > 70,000')).to.equal('comma');
    expect(problem('/alert BTC-USDT > -5')).to.equal('number');
    expect(problem('/alert BTC-USDT > 1e5')).to.equal('number');
    expect(problem(`/alert ${'9'.repeat(300)}`)).to.equal('form');
    expect(problem('/cancel')).to.equal('missing');
    expect(problem('/cancel 1.5')).to.equal('number');
  });

  it('is read from any text whatever', () => {
    fc.assert(
      fc.property(
        fc.string({ maxLength: 300, unit: 'grapheme' }),
        fc.constantFrom('', '/alert ', '/rate ', '/cancel ', '/'),
        (text, head) => {
          const command = parse(head + text);
          if (command?.kind === 'alert') expect(command.condition.value).to.match(/^\d+(\.\d+)?$/);
          if (command?.kind === 'unknown') expect(command.word.length).to.be.at.most(32);
        },
      ),
    );
  });
});
