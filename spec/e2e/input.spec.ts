import { expect } from 'chai';
import { attemptsFile } from '../support/attempts-file.js';
import { RestClient } from '../support/rest-client.js';
import { type Service, startService } from '../support/service.js';

interface BadBody {
  what: string;
  body: unknown;
  errors: readonly { pointer: string; detail: string }[];
}

const ID = { correlation_id: 'x' };

const INVALID: readonly BadBody[] = [
  {
    what: 'no phones',
    body: { numbers: [], ...ID },
    errors: [{ pointer: '/numbers', detail: 'must hold at least 1 item, got an array of 0' }],
  },
  {
    what: 'a negative phone',
    body: { numbers: [1, -1], ...ID },
    errors: [{ pointer: '/numbers/1', detail: 'must be a whole number ≥ 0, got -1' }],
  },
  {
    what: 'a phone that is a string',
    body: { numbers: ['1'], ...ID },
    errors: [{ pointer: '/numbers/0', detail: 'must be a whole number ≥ 0, got "1"' }],
  },
  {
    what: 'a phone with a fraction, and one that is null',
    body: { numbers: [1.5, null], ...ID },
    errors: [
      { pointer: '/numbers/0', detail: 'must be a whole number ≥ 0, got 1.5' },
      { pointer: '/numbers/1', detail: 'must be a whole number ≥ 0, got null' },
    ],
  },
  {
    what: '10,001 phones',
    body: { numbers: Array.from({ length: 10_001 }, (_, i) => i), ...ID },
    errors: [{ pointer: '/numbers', detail: 'must hold at most 10000 phones, got 10001' }],
  },
  {
    what: 'phones that are no array',
    body: { numbers: 1, ...ID },
    errors: [{ pointer: '/numbers', detail: 'must be an array, got 1' }],
  },
  {
    what: 'unknown keys',
    body: { numbers: [1], ...ID, phones: [1], 'a/b': 1 },
    errors: [
      { pointer: '/phones', detail: 'is not a known field' },
      { pointer: '/a~1b', detail: 'is not a known field' },
    ],
  },
  {
    what: 'nothing in it',
    body: {},
    errors: [
      { pointer: '/numbers', detail: 'is required, got nothing' },
      { pointer: '/correlation_id', detail: 'is required, got nothing' },
    ],
  },
  {
    what: 'a correlation id that is neither string nor number',
    body: { numbers: [1], correlation_id: true },
    errors: [{ pointer: '/correlation_id', detail: 'must be a string or a number, got true' }],
  },
  {
    what: 'a correlation id of 300 characters',
    body: { numbers: [1], correlation_id: 'c'.repeat(300) },
    errors: [{ pointer: '/correlation_id', detail: 'must be at most 256 characters, got 302' }],
  },
  {
    what: 'a time that is none',
    body: { numbers: [1], ...ID, from: 'yesterday' },
    errors: [
      {
        pointer: '/from',
        detail: 'must be an RFC 3339 time or whole epoch milliseconds, got "yesterday"',
      },
    ],
  },
  {
    what: 'a period that ends before it begins',
    body: { numbers: [1], ...ID, from: 2_000, to: '1970-01-01T00:00:01Z' },
    errors: [{ pointer: '/to', detail: 'must be later than from' }],
  },
];

describe('bad input over REST', function () {
  this.timeout(30_000);
  let service: Service;
  let rest: RestClient;

  before(async () => {
    service = await startService({ env: { DATA_FILE: await attemptsFile() } });
    rest = new RestClient(service.url);
  });

  after(async () => {
    expect(await rest.tasks(), 'nothing of it became a task').to.deep.equal([]);
    await service?.stop();
  });

  for (const { what, body, errors } of INVALID) {
    it(`names the place of: ${what}`, async () => {
      const answer = await rest.post('/api/v1/report', { body });
      expect(answer.headers.get('content-type')).to.equal('application/problem+json');
      expect(answer.body).to.deep.include({ status: 422, title: 'Unprocessable Content', errors });
      expect(answer.body).to.include.keys('type', 'detail', 'instance', 'code', 'request_id');
    });
  }

  const REFUSED: readonly {
    what: string;
    body: string;
    type?: string;
    status: number;
    code: string;
    detail: string;
  }[] = [
    {
      what: 'a body of 2 MiB',
      body: JSON.stringify({ numbers: [1], correlation_id: 'x'.repeat(2 * 2 ** 20) }),
      status: 413,
      code: 'request.too-large',
      detail: 'The body is larger than 1048576 bytes',
    },
    {
      what: 'a body that is not JSON',
      body: '{"numbers": [1, }',
      status: 400,
      code: 'request.unreadable',
      detail: 'The body is no JSON at byte 16: a value was expected',
    },
    {
      what: 'a body of another type',
      body: '<numbers/>',
      type: 'application/xml',
      status: 415,
      code: 'request.unsupported-media-type',
      detail: 'The body must be application/json in UTF-8, got "application/xml"',
    },
    {
      what: 'a form',
      body: 'numbers=1',
      type: 'application/x-www-form-urlencoded',
      status: 415,
      code: 'request.unsupported-media-type',
      detail: 'The body must be application/json in UTF-8, got "application/x-www-form-urlencoded"',
    },
  ];

  for (const { what, body, type = 'application/json', ...problem } of REFUSED) {
    it(`refuses ${what}`, async () => {
      const answer = await rest.post('/api/v1/report', { body, headers: { 'content-type': type } });
      expect(answer.status).to.equal(problem.status);
      expect(answer.body).to.deep.include(problem);
    });
  }

  it('names an unknown query parameter, and one out of bounds', async () => {
    expect((await rest.get('/api/v1/tasks?colour=red')).body).to.deep.include({
      status: 422,
      errors: [{ pointer: '/query/colour', detail: 'is not a parameter of this call' }],
    });
    expect((await rest.get('/api/v1/tasks?limit=1001')).body).to.deep.include({
      status: 422,
      errors: [{ pointer: '/query/limit', detail: 'must be a whole number from 1 to 1000, got "1001"' }],
    });
  });

  it('knows no task and no report under an id that is none, or another', async () => {
    for (const id of ['nonsense', '0199a8a0-0000-7000-8000-000000000000'.replace('0199', 'ffff')]) {
      for (const path of [`/api/v1/tasks/${id}`, `/api/v1/report/${id}`]) {
        expect((await rest.get(path)).body, path).to.include({
          status: 404,
          detail: 'Task not found',
          code: 'tasks.not-found',
        });
      }
    }
  });
});
