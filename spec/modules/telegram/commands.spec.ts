import { expect } from 'chai';
import { waitFor } from '../../support/wait-for.js';
import { MOST_ALERTS, telegramOnEachDatabase } from './telegram-bench.js';

/** What is said has nothing to do with the database; the specs of sending and receiving run on both. */
const ON_ONE = { only: 'SQLite' } as const;

describe('The bot', () => {
  telegramOnEachDatabase((bench) => {
    /** What is answered to texts that are written one after the other. */
    async function answers(language: string, ...texts: string[]): Promise<string[]> {
      // A chat of its own for each: messages to one are a second apart.
      texts.forEach((text, index) => bench().api.write(text, { chat: index + 1, language }));
      return Promise.all(texts.map(async (_, index) => (await bench().api.texts(1, index + 1))[0]!));
    }

    it('greets and helps in the language of the reader', async () => {
      await bench().start();
      const [hello, help] = await answers('en-GB', '/start', '/help');
      expect(hello)
        .to.match(/^Hello!/)
        .and.to.include('/alert BTC-USDT > 70000');
      expect(help).to.match(/^\/pairs – the pairs/);
    });

    it('speaks Russian to who reads Russian', async () => {
      await bench().start();
      const said = await answers('ru', '/start', '/help', '/pairs', '/rate btc/usdt', '/rate XYZ', '/alerts');
      expect(said[0]).to.match(/^Здравствуйте!/);
      expect(said[1]).to.match(/^\/pairs – пары/);
      expect(said[2]).to.equal('Я слежу за парами:\nBTC-USDT 54000.000123\nETH-USDT 3000.5');
      expect(said[3]).to.match(/^BTC-USDT 54000\.000123\nbinance, \d+ с назад$/);
      expect(said[4]).to.equal('За парой XYZ я не слежу. Список пар: /pairs');
      expect(said[5]).to.match(/^У вас нет оповещений/);
    });

    it('tells rates with their source and age, and that one is out of date', async () => {
      const { clock } = bench();
      const at = clock.now() - 5 * 60_000;
      bench().course('USDT-RUB', '81.25', { exchanger: 'coingecko', stale: true, at });
      bench().course('BTC-USD', '54000', { quotedIn: 'USDT' });
      await bench().start();
      const said = await answers(
        'en',
        '/rate BTC-USDT',
        '/rate usdt-rub',
        '/rate BTC-USD',
        '/rate@SpecRatesBot ETH-USDT',
      );
      expect(said[0]).to.match(/^BTC-USDT 54000\.000123\nbinance, \d+ s ago$/);
      expect(said[1]).to.equal(
        'USDT-RUB 81.25\ncoingecko, 5 min ago\nOut of date: the last known rate, 5 min ago.',
      );
      expect(said[2]).to.match(/^BTC-USD 54000 \(quoted in USDT\)\n/);
      expect(said[3]).to.match(/^ETH-USDT 3000\.5\n/);
    });

    it('sets, lists and cancels alerts of a chat', async () => {
      await bench().start();
      const { api } = bench();
      api.write('/alert BTC-USDT > 70000');
      await api.texts(1);
      api.write('/alert eth-usdt ниже 2000,5');
      await api.texts(2);
      api.write('/alerts');
      await api.texts(3);
      api.write('/cancel 1');
      await api.texts(4);
      api.write('/cancel 9');
      expect(await api.texts(5)).to.deep.equal([
        'Alert 1 is set:\nBTC-USDT above 70000',
        'Alert 2 is set:\nETH-USDT below 2000.5',
        'You are waiting for:\n1. BTC-USDT above 70000\n2. ETH-USDT below 2000.5',
        'Alert 1 is cancelled.',
        'You have no alert 9. /alerts shows which there are.',
      ]);
    });

    it('sets, lists and cancels alerts in Russian', async () => {
      bench().alerts.set('3', [{ number: 4, pair: 'BTC-USDT', op: 'above', value: '1', hasFired: true }]);
      await bench().start();
      const said = await answers(
        'ru-RU',
        '/alert BTC-USDT 5% 1ч',
        '/alert BTC-USDT выше 7',
        '/alerts',
        '/cancel 4',
      );
      expect(said).to.deep.equal([
        'Оповещение № 1 включено:\nBTC-USDT изменение на 5 % за 1 ч',
        'Оповещение № 1 включено:\nBTC-USDT выше 7',
        'Ваши оповещения:\n4. BTC-USDT выше 1 (сработало, ждёт возвращения курса)',
        'Оповещения № 4 у вас нет. Список: /alerts',
      ]);
    });

    for (const [language, expected] of [
      [
        'en',
        [
          /^Which pair\?/,
          /^What are you waiting for\?/,
          /^I do not understand this condition/,
          /^Is the comma/,
          /^The value must be/,
          /^I do not follow DOGE/,
          /^Which one\?/,
          /^The number must be/,
          /^I do not know \/buy\./,
          /^I understand commands only/,
          /^The time must be/,
        ],
      ],
      [
        'ru',
        [
          /^Какая пара\?/,
          /^Чего вы ждёте\?/,
          /^Я не понимаю это условие/,
          /^Запятая/,
          /^Значение должно быть/,
          /^За парой DOGE/,
          /^Какое\?/,
          /^Нужен номер/,
          /^Команды \/buy я не знаю/,
          /^Я понимаю только команды/,
          /^Время/,
        ],
      ],
    ] as const) {
      it(`says in ${language} what is wrong with a command`, async () => {
        await bench().start();
        const said = await answers(
          language,
          ...['/rate', '/alert', '/alert BTC-USDT', '/alert BTC-USDT > 70,000', '/alert BTC-USDT > much'],
          ...['/alert DOGE > 1', '/cancel', '/cancel all', '/buy 1', 'hello', '/alert BTC-USDT 5% 1s'],
        );
        expected.forEach((pattern, index) => expect(said[index]).to.match(pattern));
      });
    }

    it('says how many alerts a chat may have', async () => {
      const own = { pair: 'BTC-USDT', op: 'above', value: '1', hasFired: false } as const;
      for (const chat of ['1', '2']) {
        bench().alerts.set(
          chat,
          Array.from({ length: MOST_ALERTS }, (_, index) => ({ ...own, number: index + 1 })),
        );
      }
      await bench().start();
      const { api } = bench();
      api.write('/alert BTC-USDT > 1', { chat: 1 });
      api.write('/alert BTC-USDT > 1', { chat: 2, language: 'ru' });
      expect(await api.texts(1, 1)).to.deep.equal([
        'You have 3 alerts already, and there cannot be more. /cancel one first.',
      ]);
      expect((await api.texts(1, 2))[0]).to.match(/^У вас уже 3 оповещений/);
    });

    it('keeps silent in a group but for commands that are meant for it', async () => {
      await bench().start();
      const { api } = bench();
      const group = { chat: -5, type: 'group' };
      api.write('hello all', group);
      api.write('/rate@OtherBot BTC-USDT', group);
      api.write('/rate@SpecRatesBot BTC-USDT', group);
      const [first, ...more] = await api.texts(1, -5);
      expect(first).to.match(/^BTC-USDT/);
      expect(more).to.deep.equal([]);
    });

    it('cuts a list of very many pairs to what one message holds', async () => {
      for (let index = 0; index < 500; index++) bench().course(`COIN${index}-USDT`, '0.00000000123');
      await bench().start();
      const [said] = await answers('en', '/pairs');
      expect(said!.length).to.be.lessThan(4_096);
      expect(said).to.match(/… and \d+ more$/);
    });

    it('offers its commands in the menu, in both languages', async () => {
      await bench().start();
      const { api } = bench();
      await waitFor('both menus', () => api.count('setMyCommands') === 2);
      const menus = api.calls
        .filter(({ method }) => method === 'setMyCommands')
        .map(({ payload }) => payload);
      expect(menus.map((menu) => menu['language_code'])).to.deep.equal([undefined, 'ru']);
      expect(JSON.stringify(menus[1])).to.include('Ваши оповещения');
    });
  }, ON_ONE);
});
