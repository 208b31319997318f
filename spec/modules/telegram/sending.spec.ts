import { expect } from 'chai';
import { systemClock } from '../../../src/kernel/clock.js';
import { ManualClock } from '../../support/manual-clock.js';
import { waitFor } from '../../support/wait-for.js';
import { telegramOnEachDatabase, timeTo } from './telegram-bench.js';

const message = (text: string, chat = 7) => ({ chatId: String(chat), text, dedupeKey: text });

describe('A message to Telegram', () => {
  telegramOnEachDatabase((bench) => {
    const states = async (): Promise<string[]> => (await bench().rows()).map(({ state }) => state);
    const allEnded = (): Promise<true> =>
      waitFor('all ended', async () => !(await states()).includes('waiting'));

    it('is sent once, however often its key is given', async () => {
      const telegram = await bench().start();
      await bench().send(telegram, message('a', 1), message('a', 1));
      await bench().send(telegram, message('a', 1), message('b', 2));
      await allEnded();
      expect(bench().api.messages.map(({ text }) => text)).to.have.members(['a', 'b']);
      expect(bench().outcomes).to.deep.equal(['sent', 'sent']);
    });

    it('that is written in a transaction which fails is never sent', async () => {
      const telegram = await bench().start();
      const { db } = bench();
      const tx = db.begin();
      telegram.api.send(tx, message('never', 1));
      await bench().send(telegram, message('b', 2));
      await allEnded();
      expect(bench().api.messages.map(({ text }) => text)).to.deep.equal(['b']);
    });

    it('waits while nobody sends, and is sent after a restart', async () => {
      const first = bench().make();
      await bench().send(first, message('a', 1), message('b', 2));
      expect(await states()).to.deep.equal(['waiting', 'waiting']);
      expect(await first.api.waiting()).to.equal(2);
      await bench().start();
      await allEnded();
      expect(bench().api.messages).to.have.length(2);
    });

    it('to a person who blocked the bot is the last one, until they write /start again', async () => {
      const { api } = bench();
      api.blocked.add('7');
      const telegram = await bench().start();
      await bench().send(telegram, message('a'), message('b'), message('c', 8));
      await allEnded();
      expect(await states()).to.deep.equal(['blocked', 'blocked', 'sent']);
      api.blocked.clear();
      await bench().send(telegram, message('d'));
      api.write('/rate BTC-USDT');
      await waitFor('the command to be handled', () => api.unconfirmed.length === 0);
      expect(await states()).to.have.length(3);
      api.write('/start');
      await waitFor('the greeting', () => api.messages.some(({ text }) => text.startsWith('Hello')));
      await bench().send(telegram, message('e'));
      await waitFor('e', () => api.messages.some(({ text }) => text === 'e'));
      expect(api.messages.map(({ text }) => text.slice(0, 5))).to.deep.equal(['c', 'Hello', 'e']);
    });

    it('to a group that threw the bot out is not tried', async () => {
      const { api } = bench();
      const telegram = await bench().start();
      const change = { chat: { id: -9, type: 'group' }, new_chat_member: { status: 'kicked' } };
      api.update({ my_chat_member: change });
      await waitFor('the change to be handled', () => api.unconfirmed.length === 0);
      await bench().send(telegram, message('a', -9));
      expect(await states()).to.deep.equal([]);
    });

    it('that Telegram will never take is given up, and holds no other up', async () => {
      bench().api.fail('sendMessage', { status: 400, description: 'Bad Request: chat not found' });
      const telegram = await bench().start();
      await bench().send(telegram, message('a', 1));
      await allEnded();
      await bench().send(telegram, message('b', 1));
      await allEnded();
      const rows = await bench().rows();
      expect(rows.map(({ state, error }) => [state, error])).to.deep.equal([
        ['failed', '400: Bad Request: chat not found'],
        ['sent', null],
      ]);
    });

    it('leaves no token anywhere, whatever fails', async () => {
      const { api } = bench();
      const tell = { status: 400, description: `no method /bot${api.token}/sendMessage` };
      api.fail('sendMessage', { cut: true }, tell);
      api.fail('getMe', { cut: true }, { status: 500, text: 'x' });
      const telegram = await bench().start();
      await bench().send(telegram, message('a', 1));
      await waitFor('the end', async () => (await states())[0] === 'failed', { timeoutMs: 30_000 });
      const said = JSON.stringify([bench().log.entries, await bench().rows(), telegram.parts()]);
      expect(said).to.include('Telegram').and.not.to.include(api.token);
      expect(said).not.to.include(api.token.split(':')[1]);
    });

    it('is bounded in number for each chat', async () => {
      const telegram = bench().make();
      await bench().send(telegram, ...Array.from({ length: 120 }, (_, index) => message(`m${index}`)));
      await bench().send(telegram, message('other', 8));
      expect(await states()).to.have.length(101);
    });
  });

  telegramOnEachDatabase(
    (bench) => {
      it('keeps its place among those of its chat, and all keep to what the Bot API allows', async () => {
        const telegram = await bench().start();
        const chats = Array.from({ length: 25 }, (_, index) => index + 1);
        const texts = chats.flatMap((chat) =>
          ['1', '2', '3'].map((part) => message(`${chat}/${part}`, chat)),
        );
        await bench().send(telegram, ...texts);
        const { api } = bench();
        await timeTo(bench(), '75 messages', () => api.messages.length === 75, 10);
        expect(api.count('sendMessage'), 'none was refused').to.equal(75);
        for (const chat of chats) {
          const own = api.messages.filter(({ chatId }) => chatId === String(chat)).map(({ text }) => text);
          expect(own).to.deep.equal([`${chat}/1`, `${chat}/2`, `${chat}/3`]);
        }
      });

      it('is not lost by a connection that is cut, a server error, an answer that is no JSON', async () => {
        const { api } = bench();
        api.fail('sendMessage', { cut: true }, { status: 502, text: '<html>' }, { status: 500 });
        const telegram = await bench().start();
        await bench().send(telegram, message('a'));
        await timeTo(bench(), 'its end', async () => (await bench().rows())[0]!.state === 'sent', 100);
        expect((await bench().rows())[0]).to.include({ attempts: 4, error: null });
        expect(api.messages).to.have.length(1);
        expect(telegram.parts()).to.deep.equal({ telegram: { status: 'ok' } });
      });

      it('waits as long as Telegram asks, and so do all others', async () => {
        const { api, clock } = bench();
        const telegram = await bench().start();
        await timeTo(bench(), 'the menu', () => api.count('setMyCommands') === 2);
        api.fail('sendMessage', { status: 429, retryAfterS: 40 });
        const asked = clock.now();
        await bench().send(telegram, message('a', 1), message('b', 2));
        await timeTo(bench(), 'the refusal', () => telegram.parts().telegram.status === 'degraded');
        expect(telegram.parts().telegram.detail).to.equal('Telegram asks for a pause');
        await timeTo(bench(), 'both', () => api.messages.length === 2, 500);
        for (const { at } of api.messages) expect(at - asked).to.be.at.least(40_000);
      });

      it('is given up after a day in which Telegram was away, and the bot is back when Telegram is', async () => {
        const { api, clock } = bench();
        const { port } = new URL(api.url);
        await api.stop();
        const telegram = await bench().start();
        await bench().send(telegram, message('old', 1));
        await timeTo(bench(), 'a day to go by', () => clock.now() > Date.UTC(2026, 0, 2, 1), 600_000);
        await timeTo(bench(), 'the end', async () => (await bench().rows())[0]!.state === 'failed', 30_000);
        expect(telegram.parts().telegram.detail).to.match(/^Telegram does not answer: ECONN/);
        await bench().send(telegram, message('new', 1));
        await api.start(Number(port));
        await timeTo(bench(), 'the new one', () => api.messages.length === 1, 500);
        await timeTo(bench(), 'the bot to be well', () => telegram.parts().telegram.status === 'ok', 500);
        expect(api.messages[0]!.text).to.equal('new');
      });

      it('is tried again where no answer comes, and is forgotten after its time', async () => {
        const { api, clock } = bench();
        api.fail('sendMessage', { hold: true });
        const telegram = await bench().start({ keepMs: 3_600_000 });
        await bench().send(telegram, message('a', 1));
        await timeTo(bench(), 'the message', () => api.messages.length === 1, 100);
        await timeTo(bench(), 'its end', async () => (await bench().rows())[0]?.state === 'sent');
        const end = clock.now() + 4_000_000;
        await timeTo(bench(), 'an hour', () => clock.now() > end, 30_000);
        await timeTo(bench(), 'nothing left', async () => (await bench().rows()).length === 0, 30_000);
      });
    },
    { clock: () => new ManualClock(), minds: true, only: 'SQLite' },
  );

  telegramOnEachDatabase(
    (bench, another) => {
      it('is sent by one replica, and by the other when that one is gone', async () => {
        const first = await bench().start();
        await bench().send(first, message('a', 1));
        await waitFor('a', () => bench().api.messages.length === 1);
        const db = await another();
        const second = await bench().start({}, db);
        await bench().send(first, message('b', 2));
        await waitFor('b', () => bench().api.messages.length === 2);
        expect(bench().api.open.get('getUpdates'), 'one of them polls').to.equal(1);
        await first.stop();
        const tx = db.begin();
        second.api.send(tx, message('c', 3));
        await db.commit(tx);
        await waitFor('c', () => bench().api.messages.length === 3, { timeoutMs: 30_000 });
        expect(bench().api.messages.map(({ text }) => text)).to.deep.equal(['a', 'b', 'c']);
      });
    },
    { clock: () => systemClock, only: 'PostgreSQL' },
  );
});
