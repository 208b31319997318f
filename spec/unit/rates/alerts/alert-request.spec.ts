import { expect } from 'chai';
import { AppError } from '../../../../src/kernel/errors.js';
import { readChannels, readCondition } from '../../../../src/modules/rates/alerts/alert-request.js';
import type { WantedCondition } from '../../../../src/modules/rates/alerts/alert-request.js';

function pointersOf(read: () => unknown): string[] {
  try {
    read();
  } catch (error) {
    if (error instanceof AppError) return error.errors.map(({ pointer }) => pointer);
    throw error;
  }
  return [];
}

const wrong = (over: Partial<WantedCondition>): string[] =>
  pointersOf(() => readCondition({ pair: 'BTC-USDT', op: 'above', value: '1', ...over }));

describe('What an alert is asked for with', () => {
  it('is put into one form', () => {
    const wanted = { pair: 'bitcoin-usd', op: 'above', value: '070000.50' } as const;
    expect(readCondition(wanted)).to.deep.equal({
      pair: 'BTC-USD',
      op: 'above',
      value: '70000.5',
      windowS: null,
    });
    expect(readCondition({ ...wanted, value: '1e-3' })).to.include({ value: '0.001' });
    expect(readCondition({ ...wanted, op: 'change_pct', windowS: 60 })).to.include({ windowS: 60 });
  });

  it('is refused by all that is wrong with it', () => {
    expect(wrong({})).to.deep.equal([]);
    for (const value of ['0', '0.000', '-1', 'x', '', '1e40', 'Infinity']) {
      expect(wrong({ value }), value).to.deep.equal(['/value']);
    }
    expect(wrong({ op: 'change_pct', value: '1000001', windowS: 60 })).to.deep.equal(['/value']);
    expect(wrong({ windowS: 60 })).to.deep.equal(['/window_s']);
    for (const windowS of [undefined, 59, 60.5, 604_801]) {
      expect(wrong({ op: 'change_pct', windowS })).to.deep.equal(['/window_s']);
    }
    expect(wrong({ pair: 'BTC', value: '0', windowS: 1 })).to.deep.equal(['/pair', '/value', '/window_s']);
  });

  it('names whom to tell by word or object, each kind once', () => {
    const channels = ['live', { kind: 'webhook' }, { kind: 'telegram', chat_id: -100123 }] as const;
    expect(readChannels(channels, true)).to.deep.equal([
      { kind: 'live' },
      { kind: 'webhook' },
      { kind: 'telegram', chatId: '-100123' },
    ]);
    const faults = (...wanted: Parameters<typeof readChannels>[0]) =>
      pointersOf(() => readChannels(wanted, true));
    expect(faults('live', { kind: 'live' })).to.deep.equal(['/channels/1']);
    expect(faults({ kind: 'live', chat_id: 1 })).to.deep.equal(['/channels/0/chat_id']);
    for (const id of [undefined, '', '0', '1.5', '@name', '99999999999999999']) {
      expect(faults({ kind: 'telegram', chat_id: id }), id).to.deep.equal(['/channels/0/chat_id']);
    }
  });

  it('cannot name a chat where there is no bot', () => {
    const telegram = { kind: 'telegram', chat_id: 7 };
    expect(pointersOf(() => readChannels(['live', telegram], false))).to.deep.equal(['/channels/1']);
  });
});
