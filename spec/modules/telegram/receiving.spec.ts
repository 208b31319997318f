import { expect } from 'chai';
import { startHttp } from '../../support/http-fixture.js';
import type { HttpFixture } from '../../support/http-fixture.js';
import { ManualClock } from '../../support/manual-clock.js';
import { waitFor } from '../../support/wait-for.js';
import { telegramOnEachDatabase, timeTo } from './telegram-bench.js';

const WEBHOOK = { url: 'https://example.org/telegram/updates', secret: 'a-secret_of-24-characters' };

describe('A message from Telegram', () => {
  telegramOnEachDatabase((bench) => {
    const answered = (count: number): Promise<true> =>
      waitFor(`${count} answers`, () => bench().api.messages.length === count);

    it('is confirmed when it was handled, and not before', async () => {
      const { api } = bench();
      api.write('/help', { chat: 1 });
      api.write('/help', { chat: 2 });
      await bench().start();
      await answered(2);
      await waitFor('the confirmation', () => api.unconfirmed.length === 0);
    });

    it('that comes again after a restart is not answered again', async () => {
      const { api } = bench();
      const first = await bench().start();
      const id = api.write('/help', { chat: 1 });
      await answered(1);
      await first.stop();
      // As if the process had died before it could confirm.
      api.update({ message: { chat: { id: 1, type: 'private' }, from: {}, text: '/help' } }, id);
      api.write('/pairs', { chat: 2 });
      await bench().start();
      await answered(2);
      await waitFor('the confirmation', () => api.unconfirmed.length === 0);
      expect(api.messages.map(({ chatId }) => chatId)).to.deep.equal(['1', '2']);
    });

    it('is no reason to stop, whatever it is', async () => {
      const { api } = bench();
      for (const odd of [{}, { message: null }, { message: { chat: { id: 'x' } } }, { poll: { id: 1 } }])
        api.update(odd);
      api.update({ message: { chat: { id: 3, type: 'private' }, from: { is_bot: true }, text: '/help' } });
      api.update({ message: { chat: { id: 4, type: 'private' }, from: {}, photo: [] } });
      api.write('/help', { chat: 5 });
      await bench().start();
      await answered(2);
      await waitFor('the confirmation', () => api.unconfirmed.length === 0);
      expect(api.messages.map(({ chatId }) => chatId)).to.have.members(['4', '5']);
      expect(bench().log.messages('error')).to.deep.equal([]);
    });

    it('that meets a mistake of ours is answered so, and the next one is handled', async () => {
      const { api } = bench();
      bench().onAlerts = () => {
        throw new TypeError('a mistake');
      };
      api.write('/alerts', { chat: 1, language: 'ru' });
      api.write('/help', { chat: 2 });
      await bench().start();
      await answered(2);
      expect((await api.texts(1, 1))[0]).to.match(/^Что-то пошло не так/);
    });

    it('needs a token that is right; a wrong one is told, and asked with seldom', async () => {
      const telegram = await bench().start({ token: `${'9'.repeat(8)}:${'x'.repeat(35)}` });
      await waitFor('the refusal', () => telegram.parts().telegram.status === 'degraded');
      expect(telegram.parts().telegram).to.deep.equal({
        status: 'degraded',
        detail: 'Telegram refuses the token',
      });
      expect(bench().api.calls).to.deep.equal([]);
    });
  });

  telegramOnEachDatabase(
    (bench) => {
      it('is fetched again after errors, a pause that is asked for, and a webhook that was left', async () => {
        const { api } = bench();
        api.webhook = { url: 'https://example.org/of-another' };
        api.fail(
          'getUpdates',
          { cut: true },
          { status: 500 },
          { status: 429, retryAfterS: 30 },
          { status: 409 },
        );
        api.fail('deleteWebhook', { status: 502 });
        api.write('/help');
        await bench().start();
        await timeTo(bench(), 'the answer', () => api.messages.length === 1, 100);
        expect(api.count('getUpdates')).to.be.at.least(5);
      });
    },
    { clock: () => new ManualClock(), only: 'SQLite' },
  );

  describe('by webhook', () => {
    telegramOnEachDatabase((bench) => {
      let server: HttpFixture;
      afterEach(() => server.http.stop());

      async function start(): Promise<void> {
        const telegram = await bench().start({ webhook: WEBHOOK });
        server = await startHttp({
          inboundCalls: telegram.inboundCalls,
          authenticate: () => Promise.reject(new Error('no token is asked for')),
        });
        await waitFor('the webhook to be set', () => bench().api.webhook);
      }

      async function post(update: unknown, secret: string | undefined = WEBHOOK.secret): Promise<Response> {
        const proof = secret === undefined ? {} : { 'x-telegram-bot-api-secret-token': secret };
        const headers = { 'content-type': 'application/json', ...proof };
        const body = typeof update === 'string' ? update : JSON.stringify(update);
        return fetch(`${server.url}/telegram/updates`, { method: 'POST', headers, body });
      }

      const help = (id: number, chat: number): object => ({
        update_id: id,
        message: { chat: { id: chat, type: 'private' }, from: { language_code: 'ru' }, text: '/help' },
      });

      it('is answered once, however often it comes', async () => {
        await start();
        expect(bench().api.webhook).to.deep.include({ url: WEBHOOK.url, secret_token: WEBHOOK.secret });
        const answers = await Promise.all([post(help(1, 1)), post(help(1, 1)), post(help(2, 2))]);
        expect(answers.map(({ status }) => status)).to.deep.equal([200, 200, 200]);
        await waitFor('both answers', () => bench().api.messages.length === 2);
        expect((await post(help(1, 1))).status).to.equal(200);
        expect(await bench().rows()).to.have.length(2);
        expect(bench().api.count('getUpdates')).to.equal(0);
      });

      it('is taken from nobody who does not know the secret', async () => {
        await start();
        for (const secret of [undefined, '', 'a', `${WEBHOOK.secret}x`]) {
          const answer = await post(help(1, 1), secret);
          if (secret === undefined) continue;
          expect(answer.status).to.equal(401);
          expect(await answer.json()).to.include({ code: 'request.unproven' });
        }
      });

      it('that is none is taken and forgotten, and what is no JSON is refused', async () => {
        await start();
        expect((await post({ hello: 1 })).status).to.equal(200);
        expect((await post('')).status).to.equal(200);
        expect((await post('{')).status).to.equal(400);
        expect(await bench().rows()).to.deep.equal([]);
      });
    });
  });
});
