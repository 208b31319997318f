import { DeadLetterPage } from './dead-letter.js';
import { DeadLettersPage } from './dead-letters.js';
import { OverviewPage } from './overview.js';
import { ReportPage } from './report.js';
import { SettingsPage } from './settings.js';
import { TaskPage } from './task.js';
import { TasksPage } from './tasks.js';

/**
 * Every page, in the order of the navigation. A further one is a file beside this and a line here, with its texts
 * (`page.<path>`) in both dictionaries. `Page` is shown at `#/<path>`, `Item` at `#/<path>/<id>`.
 */
export const pages = [
  { path: '', Page: OverviewPage },
  { path: 'tasks', Page: TasksPage, Item: TaskPage },
  { path: 'report', Page: ReportPage, Item: ReportPage },
  { path: 'dead-letters', Page: DeadLettersPage, Item: DeadLetterPage },
  { path: 'settings', Page: SettingsPage },
];

/** The page of an address: its component and the id, if any; undefined where there is none. */
export function pageOf([path = '', id]) {
  const page = pages.find((candidate) => candidate.path === path);
  if (!page) return undefined;
  if (id === undefined) return { path, component: page.Page };
  return page.Item && { path, component: page.Item, id };
}
