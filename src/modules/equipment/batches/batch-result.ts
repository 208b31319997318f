import type { Clock } from '../../../kernel/clock.js';
import type { Uuid } from '../../../kernel/ids.js';
import { inSlices } from '../../../kernel/slices.js';
import { viewOfItem } from './batch-view.js';
import type { BatchItemOut } from './batch-view.js';
import type { ItemsRepository } from './items.repository.js';

const PAGE = 500;
const COLUMNS = ['equipment_id', 'state', 'code', 'message', 'attempts', 'task_id', 'ended_at'] as const;
/** A spreadsheet would run what begins so. */
const FORMULA = /^[=+\-@\t\r]/;

/** What has become of each device so far, in the order in which they came: CSV by RFC 4180, read and written in slices. */
export async function resultAsCsv(clock: Clock, items: ItemsRepository, batchId: Uuid): Promise<string> {
  const lines = [COLUMNS.join(',')];
  await forAll(clock, items, batchId, (item) =>
    lines.push(COLUMNS.map((name) => cellOf(item[name])).join(',')),
  );
  return `${lines.join('\r\n')}\r\n`;
}

/** The same as JSON. */
export async function resultAsJson(clock: Clock, items: ItemsRepository, batchId: Uuid): Promise<string> {
  const texts: string[] = [];
  await forAll(clock, items, batchId, (item) => texts.push(JSON.stringify(item)));
  return `{"items":[${texts.join(',')}]}`;
}

async function forAll(
  clock: Clock,
  items: ItemsRepository,
  batchId: Uuid,
  each: (item: BatchItemOut) => void,
): Promise<void> {
  for (let after = -1; ;) {
    const page = await items.list(batchId, { after }, PAGE);
    await inSlices(clock, page, (item) => each(viewOfItem(item)));
    const last = page.at(-1);
    if (!last || page.length < PAGE) return;
    after = last.position;
  }
}

function cellOf(value: string | number | null): string {
  if (typeof value !== 'string') return value === null ? '' : String(value);
  const text = FORMULA.test(value) ? `'${value}` : value;
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
