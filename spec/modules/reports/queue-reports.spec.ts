import { expect } from 'chai';
import type { Delivery } from '../../../src/platform/broker/index.js';
import { DATABASES } from '../../support/databases.js';
import { waitFor } from '../../support/wait-for.js';
import { plainPhone } from './plain-report.js';
import { startReportService } from './report-service.js';
import type { ReportService } from './report-service.js';

interface Answer {
  correlation_id: string;
  status: string;
  data: object[];
  not_found?: number[];
  error?: string;
  total_duration: number;
}

const HUGE = '9223372036854775807';

for (const kind of DATABASES) {
  describe(`Reports by queue, on ${kind.name}`, () => {
    let service: ReportService;
    const ready: Delivery[] = [];
    const replies: Delivery[] = [];

    before(async function () {
      this.timeout(60_000);
      service = await startReportService(kind);
      for (const [queue, taken] of [['ready_report', ready] as const, ['replies', replies] as const]) {
        service.broker.consume({ queue, prefetch: 100 }, (delivery) => {
          taken.push(delivery);
          return { kind: 'taken' };
        });
      }
    });
    beforeEach(() => [ready, replies].forEach((list) => list.splice(0)));
    after(() => service.stop());

    async function answers(count: number): Promise<string[]> {
      await waitFor(`${count} answers`, () => ready.length >= count, { timeoutMs: 15_000 });
      return ready.map(({ body }) => body.toString());
    }

    it('equal what plain code computes, each answered once', async () => {
      const jobs = Array.from({ length: 120 }, (_, n) => ({
        correlation_id: `job ${n}`,
        phones: [n % 40, (n * 7) % 40, n % 40, ...(n % 5 === 0 ? [40 + n, 1_000] : [])],
      }));
      await Promise.all(jobs.map((job) => service.ask(JSON.stringify(job))));
      const given = (await answers(jobs.length)).map((body) => JSON.parse(body) as Answer);
      expect(given).to.have.length(jobs.length);
      const plain = new Map(
        Array.from({ length: 40 }, (_, phone) => [phone, plainPhone(service.data, phone)]),
      );
      for (const { correlation_id, phones } of jobs) {
        const answer = given.find((one) => one.correlation_id === correlation_id);
        const unknown = phones.filter((phone) => phone >= 40);
        expect(answer).to.deep.include({
          status: 'Complete',
          data: [...new Set(phones)].filter((phone) => phone < 40).map((phone) => plain.get(phone)),
          ...(unknown.length > 0 && { not_found: unknown }),
        });
        expect(answer).to.have.property('total_duration').that.is.a('number').above(0);
        expect('not_found' in answer!).to.equal(unknown.length > 0);
      }
    });

    it('are answered with the correlation id to the digit, and have their row among the tasks', async () => {
      await service.ask(`{"correlation_id":${HUGE},"phones":[3]}`);
      const [body] = await answers(1);
      expect(body).to.match(
        /^\{"correlation_id":9223372036854775807,"status":"Complete","task_received":"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.\d{6}","from":"report_service","to":"client","data":\[\{"phone":3,/,
      );
      const { items } = await service.tasks.list({ correlationKey: HUGE, keys: ['phone:3'] }, 10);
      const [task] = items;
      expect(task).to.include({ type: 'aggregate_calls', source: 'queue', state: 'completed' });
      const stored = JSON.parse((await service.tasks.result(task!.id))!.body) as object;
      expect(stored).to.include({ task_from: 'report_service', task_to: 'client' });
    });

    it('end in an Error answer that names the phones, where none of them exists', async () => {
      await service.ask('{"correlation_id":"none","phones":[900,901]}');
      const answer = JSON.parse((await answers(1))[0]!) as Answer;
      expect(answer).to.include({ status: 'Error', error: 'No attempts found for phones 900, 901' });
    });

    it('are answered at the reply queue too, with the correlation id of the message', async () => {
      await service.ask('{"correlation_id":1,"phones":[3]}', { replyTo: 'replies', correlationId: 'call-7' });
      await waitFor('both answers', () => ready.length === 1 && replies.length === 1);
      expect(replies[0]?.correlationId).to.equal('call-7');
      expect(replies[0]?.body).to.deep.equal(ready[0]?.body);
      expect(replies[0]?.contentType).to.equal('application/json');
    });

    it('take no harm from what is no job: it is buried once, and what follows is answered', async () => {
      const before = (await service.deadLetters.list({ limit: 100 })).length;
      await service.ask('{{{');
      await service.ask('{"correlation_id":"bad","phones":["1"]}');
      await service.ask('{"correlation_id":"good","phones":[1]}');
      const given = (await answers(2)).map((body) => JSON.parse(body) as Answer);
      const told = given.map(({ correlation_id, status }) => `${correlation_id} ${status}`).sort();
      expect(told).to.deep.equal(['bad Error', 'good Complete']);
      const letters = await service.deadLetters.list({ limit: 100 });
      expect(letters.length - before).to.equal(2);
      expect(await service.broker.depth('task_report.dead')).to.be.at.least(2);
      expect(await service.broker.depth('task_report')).to.equal(0);
    });

    it('are one task where the same message comes twice, two where only the correlation id is equal', async () => {
      const body = '{"correlation_id":"twice","phones":[5]}';
      for (const messageId of ['m-1', 'm-1', 'm-2']) await service.ask(body, { messageId });
      await answers(2);
      await waitFor('the queue to be empty', async () => (await service.broker.depth('task_report')) === 0);
      const { items } = await service.tasks.list({ correlationKey: 'twice' }, 10);
      expect(items).to.have.length(2);
    });
  });
}
