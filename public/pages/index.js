import { addWords } from '../i18n/index.js';

/**
 * Every page, in the order of the navigation. A further one is a file beside this and an entry here, with its name
 * (`page.<path>`) in both dictionaries. `page` is shown at `#/<path>`, `item` at `#/<path>/<id>`, with the prop `id`; `words`
 * names the dictionaries of both, `i18n/pages/<name>.<language>.js`. All are loaded when first needed, or when there is time.
 */
export const pages = [
  { path: '', page: async () => (await import('./overview.js')).OverviewPage },
  {
    path: 'tasks',
    words: ['report'],
    page: async () => (await import('./tasks.js')).TasksPage,
    item: async () => (await import('./task.js')).TaskPage,
  },
  {
    path: 'report',
    words: ['report'],
    page: async () => (await import('./report.js')).ReportPage,
    item: async () => (await import('./report.js')).ReportPage,
  },
  {
    path: 'devices',
    words: ['devices'],
    page: async () => (await import('./devices.js')).DevicesPage,
    item: async () => (await import('./device.js')).DevicePage,
  },
  {
    path: 'batches',
    words: ['batches', 'devices'],
    page: async () => (await import('./batches.js')).BatchesPage,
    item: async () => (await import('./batch.js')).BatchPage,
  },
  {
    path: 'dead-letters',
    words: ['dead-letters'],
    page: async () => (await import('./dead-letters.js')).DeadLettersPage,
    item: async () => (await import('./dead-letter.js')).DeadLetterPage,
  },
  {
    path: 'webhooks',
    words: ['webhooks'],
    page: async () => (await import('./webhooks.js')).WebhooksPage,
    item: async () => (await import('./webhook.js')).WebhookPage,
  },
  {
    path: 'rates',
    words: ['rates'],
    page: async () => (await import('./rates.js')).RatesPage,
    item: async () => (await import('./rate.js')).RatePage,
  },
  {
    path: 'alerts',
    words: ['rates'],
    page: async () => (await import('./alerts.js')).AlertsPage,
  },
  {
    path: 'sensors',
    words: ['sensors'],
    page: async () => (await import('./sensors.js')).SensorsPage,
    item: async () => (await import('./sensor.js')).SensorPage,
  },
  {
    path: 'alarms',
    words: ['sensors'],
    page: async () => (await import('./alarms.js')).AlarmsPage,
  },
  {
    path: 'settings',
    words: ['settings'],
    page: async () => (await import('./settings.js')).SettingsPage,
  },
];

/** The page of an address: its path, how it is loaded, and the id, if any; undefined where there is none. */
export function pageOf([path = '', id]) {
  const found = pages.find((candidate) => candidate.path === path);
  const load = id === undefined ? found?.page : found?.item;
  return load && { path, id, load: () => withWords(found, load) };
}

/** Loads what was not needed yet, so that a service that goes away takes no page with it. */
export async function loadAll() {
  for (const found of pages)
    await Promise.allSettled([withWords(found, found.page), found.item && withWords(found, found.item)]);
}

/** Both are asked for at once; the page is there when it can speak. */
async function withWords({ words = [] }, load) {
  const [component] = await Promise.all([load(), ...words.map(addWords)]);
  return component;
}
