import type { Language } from './language.js';
import type { Problem } from './parse-command.js';

type Unclear = 'rate' | 'alert' | 'cancel';

/** Everything that the bot says, but for names and numbers. */
export interface Words {
  welcome: string;
  help: string;
  pairs: string;
  noPairs: string;
  more: (count: number) => string;
  unknownCommand: (word: string) => string;
  talk: string;
  unknownPair: (pair: string) => string;
  noCourse: (pair: string) => string;
  /** Where a course is from, and how old it is. */
  source: (exchanger: string, age: string) => string;
  stale: (age: string) => string;
  quotedIn: (currency: string) => string;
  ago: (count: number, unit: 's' | 'min' | 'h' | 'd') => string;
  above: (value: string) => string;
  below: (value: string) => string;
  change: (value: string, span: string) => string;
  span: (count: number, unit: 's' | 'min' | 'h' | 'd') => string;
  alertAdded: (number: number) => string;
  alerts: string;
  noAlerts: string;
  hasFired: string;
  cancelled: (number: number) => string;
  noSuchAlert: (number: number) => string;
  tooMany: (most: number) => string;
  failed: string;
  fired: string;
  now: (value: string) => string;
  moved: (percent: string) => string;
  unclear: Readonly<Record<Unclear, Readonly<Partial<Record<Problem, string>>>>>;
}

const ALERT_EXAMPLES = '/alert BTC-USDT > 70000\n/alert BTC-USDT < 50000\n/alert BTC-USDT 5% 1h';

const en: Words = {
  welcome: 'Hello! I tell exchange rates, and let you know when one gets where you are waiting for it.',
  help:
    '/pairs – the pairs that I follow\n/rate BTC-USDT – a rate now\n' +
    '/alert BTC-USDT > 70000 – tell me when it is above (or < below) a value\n' +
    '/alert BTC-USDT 5% 1h – tell me when it moves by 5 % within an hour\n' +
    '/alerts – what you are waiting for\n/cancel 2 – no longer wait for number 2\n/help – this list',
  pairs: 'I follow these pairs:',
  noPairs: 'No pair is followed at the moment.',
  more: (count) => `… and ${count} more`,
  unknownCommand: (word) => `I do not know ${word}. This is what I understand:`,
  talk: 'I understand commands only:',
  unknownPair: (pair) => `I do not follow ${pair}. /pairs shows what I do.`,
  noCourse: (pair) => `There is no rate of ${pair} yet. Please try again in a moment.`,
  source: (exchanger, age) => `${exchanger}, ${age}`,
  stale: (age) => `Out of date: the last known rate, ${age}.`,
  quotedIn: (currency) => `quoted in ${currency}`,
  ago: (count, unit) => `${count} ${unit} ago`,
  above: (value) => `above ${value}`,
  below: (value) => `below ${value}`,
  change: (value, span) => `moves by ${value} % within ${span}`,
  span: (count, unit) => `${count} ${unit}`,
  alertAdded: (number) => `Alert ${number} is set:`,
  alerts: 'You are waiting for:',
  noAlerts: 'You have no alerts. Set one like this: /alert BTC-USDT > 70000',
  hasFired: 'has fired, waits for the rate to come back',
  cancelled: (number) => `Alert ${number} is cancelled.`,
  noSuchAlert: (number) => `You have no alert ${number}. /alerts shows which there are.`,
  tooMany: (most) => `You have ${most} alerts already, and there cannot be more. /cancel one first.`,
  failed: 'Something went wrong here, and nothing was done. Please try again later.',
  fired: 'Alert',
  now: (value) => `It is ${value} now.`,
  moved: (percent) => `It moved by ${percent} %.`,
  unclear: {
    rate: { missing: 'Which pair? For example: /rate BTC-USDT' },
    alert: {
      missing: `What are you waiting for? For example:\n${ALERT_EXAMPLES}`,
      form: `I do not understand this condition. It is written like one of these:\n${ALERT_EXAMPLES}`,
      comma: 'Is the comma a thousand or a decimal point? Please write 70000 or 70000.5.',
      number: `The value must be a number above 0, such as 70000 or 0.0125:\n${ALERT_EXAMPLES}`,
      window: 'The time must be from 1m to 7d, like 15m, 1h or 1d: /alert BTC-USDT 5% 1h',
    },
    cancel: {
      missing: 'Which one? /alerts shows their numbers; then for example: /cancel 2',
      number: 'The number must be one that /alerts shows, for example: /cancel 2',
    },
  },
};

const RU_UNITS = { s: 'с', min: 'мин', h: 'ч', d: 'д' } as const;

const ru: Words = {
  welcome: 'Здравствуйте! Я называю курсы и сообщаю, когда курс дошёл до нужного вам значения.',
  help:
    '/pairs – пары, за которыми я слежу\n/rate BTC-USDT – текущий курс\n' +
    '/alert BTC-USDT > 70000 – сообщить, когда курс выше (или < ниже) значения\n' +
    '/alert BTC-USDT 5% 1h – сообщить, когда курс изменится на 5 % за час\n' +
    '/alerts – ваши оповещения\n/cancel 2 – отменить оповещение № 2\n/help – этот список',
  pairs: 'Я слежу за парами:',
  noPairs: 'Сейчас ни одна пара не отслеживается.',
  more: (count) => `… и ещё ${count}`,
  unknownCommand: (word) => `Команды ${word} я не знаю. Вот что я понимаю:`,
  talk: 'Я понимаю только команды:',
  unknownPair: (pair) => `За парой ${pair} я не слежу. Список пар: /pairs`,
  noCourse: (pair) => `Курса ${pair} пока нет. Попробуйте чуть позже.`,
  source: (exchanger, age) => `${exchanger}, ${age}`,
  stale: (age) => `Курс устарел: это последнее известное значение, ${age}.`,
  quotedIn: (currency) => `котировка в ${currency}`,
  ago: (count, unit) => `${count} ${RU_UNITS[unit]} назад`,
  above: (value) => `выше ${value}`,
  below: (value) => `ниже ${value}`,
  change: (value, span) => `изменение на ${value} % за ${span}`,
  span: (count, unit) => `${count} ${RU_UNITS[unit]}`,
  alertAdded: (number) => `Оповещение № ${number} включено:`,
  alerts: 'Ваши оповещения:',
  noAlerts: 'У вас нет оповещений. Включить можно так: /alert BTC-USDT > 70000',
  hasFired: 'сработало, ждёт возвращения курса',
  cancelled: (number) => `Оповещение № ${number} отменено.`,
  noSuchAlert: (number) => `Оповещения № ${number} у вас нет. Список: /alerts`,
  tooMany: (most) => `У вас уже ${most} оповещений, больше нельзя. Сначала отмените одно: /cancel`,
  failed: 'Что-то пошло не так, ничего не сделано. Попробуйте позже.',
  fired: 'Оповещение',
  now: (value) => `Сейчас ${value}.`,
  moved: (percent) => `Курс изменился на ${percent} %.`,
  unclear: {
    rate: { missing: 'Какая пара? Например: /rate BTC-USDT' },
    alert: {
      missing: `Чего вы ждёте? Например:\n${ALERT_EXAMPLES}`,
      form: `Я не понимаю это условие. Его пишут так:\n${ALERT_EXAMPLES}`,
      comma: 'Запятая отделяет тысячи или дробь? Напишите 70000 или 70000.5.',
      number: `Значение должно быть числом больше 0, например 70000 или 0.0125:\n${ALERT_EXAMPLES}`,
      window: 'Время – от 1m до 7d, например 15m, 1h или 1d (м, ч, д): /alert BTC-USDT 5% 1h',
    },
    cancel: {
      missing: 'Какое? Номера показывает /alerts; потом, например: /cancel 2',
      number: 'Нужен номер из списка /alerts, например: /cancel 2',
    },
  },
};

export const WORDS: Readonly<Record<Language, Words>> = { en, ru };

/** The commands of the menu that Telegram shows, with a few words on each. */
export const MENU: Readonly<Record<Language, Readonly<Record<string, string>>>> = {
  en: {
    rate: 'A rate now: /rate BTC-USDT',
    pairs: 'Pairs that are followed',
    alert: 'Set an alert: /alert BTC-USDT > 70000',
    alerts: 'Your alerts',
    cancel: 'Cancel an alert: /cancel 2',
    help: 'What the bot understands',
  },
  ru: {
    rate: 'Текущий курс: /rate BTC-USDT',
    pairs: 'Отслеживаемые пары',
    alert: 'Оповещение: /alert BTC-USDT > 70000',
    alerts: 'Ваши оповещения',
    cancel: 'Отменить оповещение: /cancel 2',
    help: 'Что понимает бот',
  },
};
