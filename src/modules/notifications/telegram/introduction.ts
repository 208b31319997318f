import type { Clock } from '../../../kernel/clock.js';
import type { Logger } from '../../../kernel/logger.js';
import type { BotApi, MenuCommand } from './bot-api.js';
import type { Language } from './language.js';
import type { Outage } from './outage.js';
import { untilAnswered } from './until-answered.js';
import { MENU } from './words.js';

export interface IntroductionDeps {
  clock: Clock;
  log: Logger;
  api: Pick<BotApi, 'setCommands' | 'setWebhook'>;
  outage: Outage;
  /** Where Telegram sends updates to; undefined: they are fetched. */
  webhook: { url: string; secret: string } | undefined;
}

/** Tells Telegram what to offer in its menu, in each language, and where updates are sent to, if anywhere. */
export function createIntroduction(deps: IntroductionDeps) {
  let stopping: AbortController | undefined;
  let working: Promise<void> = Promise.resolve();

  async function introduce(signal: AbortSignal): Promise<void> {
    const { api, webhook } = deps;
    if (webhook) {
      const isSet = await untilAnswered(deps, signal, (until) => api.setWebhook(webhook, until));
      if (isSet !== undefined) deps.log.info({}, 'Telegram sends its updates to the webhook');
    }
    for (const language of [undefined, 'ru'] as const) {
      const commands = menuOf(language ?? 'en');
      await untilAnswered(deps, signal, (until) => api.setCommands({ commands, language }, until));
    }
  }

  return {
    start(): void {
      if (stopping) return;
      stopping = new AbortController();
      working = introduce(stopping.signal);
    },
    async stop(): Promise<void> {
      stopping?.abort();
      await working;
      stopping = undefined;
    },
  };
}

function menuOf(language: Language): MenuCommand[] {
  return Object.entries(MENU[language]).map(([command, description]) => ({ command, description }));
}
