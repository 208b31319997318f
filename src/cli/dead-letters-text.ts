import Table from 'cli-table3';
import type { ApiBulk, ApiDeadLetter, ApiOpenedLetter } from './api-types.js';
import { readCliEnvironment } from './cli-environment.js';
import { printable } from './terminal-text.js';

const LONGEST_ERROR = 60;

export function letterTable(letters: readonly ApiDeadLetter[]): string {
  const color = process.stdout.isTTY && !readCliEnvironment().noColor;
  const table = new Table({
    head: ['Put away', 'Kind', 'Source', 'Reason', 'Error', 'Attempts', 'Status', 'Id'],
    style: { head: color ? ['bold'] : [], border: color ? ['gray'] : [], compact: true },
  });
  for (const { last_at, kind, source, reason, error, attempts, status, id } of letters) {
    table.push([
      last_at,
      kind,
      printable(source),
      printable(reason),
      shortened(printable(error)),
      attempts,
      status,
      id,
    ]);
  }
  return table.toString();
}

function shortened(text: string): string {
  const line = text.replaceAll('\n', ' ');
  return line.length <= LONGEST_ERROR ? line : `${line.slice(0, LONGEST_ERROR - 1)}…`;
}

/** For people; `payload` is the text of what it holds. */
export function letterLines(letter: ApiOpenedLetter, payload: string): string[] {
  const { payload_encoding: encoding, payload_bytes: bytes, history } = letter;
  const cut = letter.payload_truncated ? ', only the beginning is shown' : '';
  return [
    `${letter.kind} of ${letter.source}, ${letter.status}`,
    `reason    ${letter.reason}: ${letter.error}`,
    `attempts  ${letter.attempts}, first ${letter.first_at}, last ${letter.last_at}`,
    ...(letter.task_id === null ? [] : [`task      ${letter.task_id}`]),
    ...(letter.replayed_as === null ? [] : [`became    ${letter.kind} ${letter.replayed_as}`]),
    `headers   ${JSON.stringify(letter.headers)}`,
    'history',
    ...history.map(({ at, action, by, reason, detail }) =>
      ['  ', at, action, 'by', by, reason ?? '', detail ?? ''].join(' ').trimEnd(),
    ),
    `payload   ${encoding}, ${bytes} bytes${cut}`,
    payload,
  ].map(printable);
}

export function bulkLines(
  action: 'replay' | 'discard',
  { dry_run, matched, accepted, sample }: ApiBulk,
): string[] {
  if (!dry_run) return [`${accepted ?? 0} of ${matched} dead letters are being ${action}ed`];
  const found = matched === 1 ? '1 dead letter is found' : `${matched} dead letters are found`;
  if (matched === 0) return [found];
  return [letterTable(sample ?? []), `${found}; nothing was done, --yes does it`];
}
