import { expect } from 'chai';
import { newUuid } from '../../../src/kernel/ids.js';
import type { ShownDeadLetter } from '../../../src/modules/dead-letters/dead-letters-api.js';
import { shownLetter } from '../../../src/modules/dead-letters/shown-letter.js';
import type { DeadLetterOut } from '../../../src/modules/dead-letters/shown-letter.js';
import { hideSecrets } from '../../../src/platform/log/hide-secrets.js';

const at = Date.UTC(2026, 0, 1);
const letter = {
  id: newUuid(at),
  kind: 'message',
  source: 'task_report',
  reason: 'invalid-job',
  detail: '/phones is required',
  attempts: 1,
  firstAt: at,
  lastAt: at + 1,
  status: 'waiting',
  actedAt: null,
  actedBy: null,
  actionReason: null,
  replayedAs: null,
  headers: '{"retry":2,"authorization":"Bearer xyz"}',
  properties: { messageId: 'm', correlationId: 'c' },
} as const;

function text(body: Buffer | string | null, over: Partial<ShownDeadLetter['letter']> = {}): string {
  const bytes = body === null ? null : Buffer.from(body);
  const opened = { ...letter, body: bytes, bodyBytes: bytes?.length ?? 0, ...over };
  return shownLetter({ letter: opened, taskPayload: undefined, history: [] }, hideSecrets);
}

const shown = (...args: Parameters<typeof text>): DeadLetterOut => JSON.parse(text(...args)) as DeadLetterOut;

describe('a dead letter that is looked at', () => {
  it('does not show what is kept sealed, only how long it is', () => {
    const properties = { messageId: 'm', sealed: true as const };
    const out = shown('s1.key.c2VhbGVk', { properties });
    expect(out).to.deep.include({ payload: '[sealed]', payload_encoding: 'text', payload_bytes: 15 });
    expect(out.properties).to.deep.equal({ message_id: 'm', sealed: true });
  });

  it('has all that is known of it, its secrets hidden', () => {
    expect(shown('{"password":"x","phones":"1"}')).to.deep.equal({
      id: letter.id,
      kind: 'message',
      source: 'task_report',
      reason: 'invalid-job',
      error: '/phones is required',
      attempts: 1,
      first_at: '2026-01-01T00:00:00.000Z',
      last_at: '2026-01-01T00:00:00.001Z',
      task_id: null,
      status: 'waiting',
      acted_at: null,
      acted_by: null,
      action_reason: null,
      replayed_as: null,
      headers: { retry: 2, authorization: '[redacted]' },
      properties: { message_id: 'm', correlation_id: 'c' },
      payload: { password: '[redacted]', phones: '1' },
      payload_encoding: 'json',
      payload_bytes: 29,
      payload_truncated: false,
      history: [],
    });
  });

  it('keeps every digit of a number', () => {
    expect(text('{"correlation_id":9223372036854775807}')).to.contain(
      '{"correlation_id":9223372036854775807}',
    );
  });

  it('is text where its body is no JSON, and base64 where it is no text, secrets hidden in both', () => {
    expect(shown('{"password":"x"')).to.include({
      payload: '{"password":"[redacted]"',
      payload_encoding: 'text',
    });
    const binary = Buffer.concat([Buffer.from([0xff, 0]), Buffer.from('password=hunter2')]);
    const { payload, payload_encoding: encoding } = shown(binary);
    expect(encoding).to.equal('base64');
    expect(Buffer.from(payload as string, 'base64').toString('latin1')).to.equal(
      '\u00ff\0password=[redacted]',
    );
  });

  it('shows the beginning of a large body as text, whole characters alone', () => {
    const head = Buffer.from(`{"a":"${'é'.repeat(10)}`).subarray(0, -1);
    const part = shown(head, { bodyBytes: 1_000_000 });
    expect(part).to.include({ payload: `{"a":"${'é'.repeat(9)}`, payload_encoding: 'text' });
    expect(part).to.include({ payload_bytes: 1_000_000, payload_truncated: true });
  });

  it("shows a task's payload, and null where the task is gone", () => {
    const task = {
      ...letter,
      kind: 'task',
      headers: null,
      properties: {},
      body: null,
      bodyBytes: 0,
    } as const;
    const of = (taskPayload: string | undefined): DeadLetterOut =>
      JSON.parse(shownLetter({ letter: task, taskPayload, history: [] }, hideSecrets)) as DeadLetterOut;
    expect(of('{"phones":[1],"token":"x"}').payload).to.deep.equal({ phones: [1], token: '[redacted]' });
    expect(of(`["${'x'.repeat(100_000)}"]`)).to.include({
      payload_encoding: 'text',
      payload_truncated: true,
    });
    expect(of(undefined)).to.include({ payload: null, payload_bytes: 0 });
  });

  it('has an empty body as empty text', () => {
    expect(shown('')).to.include({ payload: '', payload_encoding: 'text', payload_bytes: 0 });
  });
});
