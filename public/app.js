import { showAccess } from './access-panel.js';
import { access } from './api.js';
import { byId } from './dom.js';
import { showParts } from './parts-panel.js';
import { openReport } from './report-panel.js';
import { showRequestForm } from './request-form.js';
import { showTasks } from './tasks-panel.js';

const REPORT_ADDRESS = /^#report\/([0-9a-f-]{36})$/;

/** The report that the address names: it can be bookmarked, and opened again. */
function openNamedReport() {
  const id = REPORT_ADDRESS.exec(location.hash)?.[1];
  return id === undefined ? undefined : openReport(id);
}

showAccess();
showParts();
const refreshTasks = showTasks();

showRequestForm((task) => {
  location.hash = `#report/${task.task_id}`;
  void refreshTasks();
});

addEventListener('hashchange', () => {
  void openNamedReport()?.then(refreshTasks);
  if (REPORT_ADDRESS.test(location.hash)) byId('report-title').focus();
});
access.addEventListener('changed', () => {
  if (byId('report').hidden) void openNamedReport();
});
void openNamedReport();
