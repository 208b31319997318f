import { expect } from 'chai';
import { checkAll } from '../../torture/check.js';
import type { Facts, ShownTask, TaskFact } from '../../torture/facts.js';
import type { Job } from '../../torture/job.js';

const REST: Job = {
  number: 1,
  way: 'rest',
  kind: 'fast',
  key: 'key-1',
  correlationId: '9223372036854775806',
  phones: [3],
  body: '',
  askedTwice: false,
  cancelAfterMs: 0,
};
const QUEUED: Job = { ...REST, number: 2, way: 'queue', key: 'message-2', correlationId: '"two"' };
const POISON: Job = {
  ...REST,
  number: 3,
  way: 'queue',
  kind: 'poison',
  key: 'message-3',
  reason: 'invalid-job',
  correlationId: '3',
};
const PHONE = { phone: 3, cnt_all_attempts: 7 };

function taskOf({ way, correlationId }: Job, id: string): TaskFact {
  return {
    id,
    state: 'completed',
    attempt: 1,
    correlation_id: correlationId,
    source: way,
    owner: null,
    ended_at: 1,
  };
}

function shownAs(token: string): ShownTask {
  const step = (from: string | null, to: string, attempt: number) => ({
    at: '',
    from,
    to,
    reason: '',
    attempt,
    actor: '',
  });
  return {
    view: { task_id: '', task_status: 'completed', received: '', completed: '', error_message: null },
    history: [step(null, 'pending', 0), step('pending', 'in_work', 1), step('in_work', 'completed', 1)],
    report: `{"data":${JSON.stringify([PHONE])},"correlation_id":${token}}`,
  };
}

function eventsOf(id: string, first: number): Facts['events'] {
  return ['created', 'started', 'completed'].map((type, i) => ({
    position: first + i,
    type: `task.${type}`,
    subject: `tasks/${id}`,
    data: '{"task_status":"completed"}',
  }));
}

const answer = (token: string, status: string, messageId: string) => ({
  messageId,
  body: `{"correlation_id":${token},"status":"${status}"}`,
  headers: {},
});

/** Two jobs that were done and a poison message that was refused, all as they must be. */
function facts(): { -readonly [K in keyof Facts]: Facts[K] } {
  return {
    jobs: [REST, QUEUED, POISON],
    accepted: new Map([['key-1', new Set(['a'])]]),
    arrived: new Set(['message-2', 'message-3']),
    faults: [],
    shown: new Map([
      ['a', shownAs(REST.correlationId!)],
      ['b', shownAs(QUEUED.correlationId!)],
    ]),
    tasks: [taskOf(REST, 'a'), taskOf(QUEUED, 'b')],
    results: ['a', 'b'],
    events: [...eventsOf('a', 1), ...eventsOf('b', 4)],
    outbox: 0,
    deadLetters: [
      {
        kind: 'message',
        source: 'task_report',
        reason: 'invalid-job',
        properties: '{"messageId":"message-3"}',
      },
    ],
    edgeQueue: 0,
    answers: [
      answer('"two"', 'Complete', 'm-1'),
      answer('"two"', 'Complete', 'm-1'),
      answer('3', 'Error', 'm-2'),
    ],
    deadMessages: [{ messageId: 'message-3', body: '', headers: { 'x-reason': 'invalid-job' } }],
    expected: new Map([[3, PHONE]]),
  };
}

const wrongIn = (of: Facts): string[] =>
  checkAll(of).flatMap(({ check, wrong }) => (wrong.length > 0 ? [check] : []));

describe('the comparison at the end of the fault harness', () => {
  it('finds nothing wrong where all is as it must be', () => {
    expect(wrongIn(facts())).to.be.empty;
  });

  /** What went wrong, the checks that must say so, and how it looks. */
  const cases: [what: string, checks: string[], break_: (broken: ReturnType<typeof facts>) => void][] = [
    ['a job that no client could hand in', ['accepted'], (f) => (f.arrived = new Set(['message-3']))],
    [
      'an accepted job without a task',
      ['lost'],
      (f) => (f.jobs = [...f.jobs, { ...REST, correlationId: '4' }]),
    ],
    [
      'a message that became two tasks',
      ['doubled'],
      (f) => {
        f.tasks = [...f.tasks, taskOf(QUEUED, 'c')];
        f.results = [...f.results, 'c'];
        f.shown = new Map([...f.shown, ['c', shownAs('"two"')]]);
        f.events = [...f.events, ...eventsOf('c', 7)];
      },
    ],
    [
      'a key whose client was told two tasks',
      ['doubled'],
      (f) => (f.accepted = new Map([['key-1', new Set(['a', 'x'])]])),
    ],
    ['poison that became a task', ['doubled', 'stuck', 'answers'], (f) => poisonDone(f)],
    [
      'a task that never ended',
      ['stuck', 'results', 'history', 'events in order', 'answers'],
      (f) => (f.tasks = [f.tasks[0]!, { ...f.tasks[1]!, state: 'in_work' }]),
    ],
    [
      'a task that ended and is still owned',
      ['stuck'],
      (f) => (f.tasks = [f.tasks[0]!, { ...f.tasks[1]!, owner: 'x' }]),
    ],
    ['a completed task without a result', ['results'], (f) => (f.results = ['a'])],
    ['a result stored twice', ['results'], (f) => (f.results = ['a', 'b', 'b'])],
    [
      'the report of other phones',
      ['results'],
      (f) => (f.expected = new Map([[3, { ...PHONE, cnt_all_attempts: 8 }]])),
    ],
    [
      'a correlation id that lost digits',
      ['results'],
      (f) => (f.shown = new Map(f.shown).set('a', shownAs('9223372036854776000'))),
    ],
    ['a history with two ends', ['history', 'events in order'], (f) => repeatLast(f.shown.get('b')!)],
    [
      'a history with a step left out',
      ['history', 'events in order'],
      (f) => f.shown.get('b')!.history.splice(1, 1),
    ],
    [
      'an event left out',
      ['events numbered', 'events in order'],
      (f) => (f.events = f.events.filter(({ position }) => position !== 5)),
    ],
    [
      'an event told twice',
      ['events numbered', 'events in order'],
      (f) => (f.events = [...f.events, f.events[5]!]),
    ],
    [
      'an event without a number',
      ['events numbered', 'events in order'],
      (f) => (f.events = [...f.events.slice(0, 5), { ...f.events[5]!, position: null }]),
    ],
    ['a job that was not answered', ['answers'], (f) => (f.answers = f.answers.slice(2))],
    [
      'a job answered by two messages',
      ['answers'],
      (f) => (f.answers = [...f.answers, answer('"two"', 'Complete', 'm-3')]),
    ],
    [
      'an answer that says otherwise',
      ['answers'],
      (f) => (f.answers = [answer('"two"', 'Error', 'm-1'), f.answers[2]!]),
    ],
    [
      'an answer that nobody asked for',
      ['answers'],
      (f) => (f.answers = [...f.answers, answer('5', 'Complete', 'm-4')]),
    ],
    ['poison that is in no dead letter', ['dead letters'], (f) => (f.deadLetters = [])],
    [
      'poison that is a dead letter twice',
      ['dead letters'],
      (f) => (f.deadLetters = [...f.deadLetters, ...f.deadLetters]),
    ],
    ['poison that is not in task_report.dead', ['dead letters'], (f) => (f.deadMessages = [])],
    [
      'poison with another reason',
      ['dead letters'],
      (f) => (f.deadLetters = [{ ...f.deadLetters[0]!, reason: 'too-large' }]),
    ],
    [
      'a task that was given up',
      ['dead letters'],
      (f) =>
        (f.deadLetters = [
          ...f.deadLetters,
          { kind: 'task', source: 'x', reason: 'tasks.lost', properties: null },
        ]),
    ],
    ['a message left in the queue', ['left over'], (f) => (f.edgeQueue = 1)],
    ['an answer left in the outbox', ['left over'], (f) => (f.outbox = 1)],
    ['a process that ended by itself', ['processes and answers'], (f) => (f.faults = ['it ended'])],
  ];

  for (const [what, checks, break_] of cases) {
    it(`finds ${what}`, () => {
      const broken = facts();
      break_(broken);
      expect(wrongIn(broken)).to.deep.equal(checks);
    });
  }
});

function repeatLast({ history }: ShownTask): void {
  history.push(history.at(-1)!);
}

function poisonDone(f: ReturnType<typeof facts>): void {
  f.tasks = [...f.tasks, taskOf(POISON, 'c')];
  f.results = [...f.results, 'c'];
  f.shown = new Map(f.shown).set('c', shownAs('3'));
  f.events = [...f.events, ...eventsOf('c', 7)];
  f.answers = f.answers.slice(0, 2);
}
