import { expect } from 'chai';
import { readFile, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { amqpClient } from '../support/amqp-client.js';
import { EquipmentClient, PARAMETERS, PASSWORD } from '../support/equipment-client.js';
import { provisioningService } from '../support/provisioning-service.js';
import type { ProvisioningFixture } from '../support/provisioning-service.js';
import { rabbitmq } from '../support/rabbitmq.js';
import { RestClient } from '../support/rest-client.js';
import { startService } from '../support/service.js';
import type { Service } from '../support/service.js';
import { tempFolder } from '../support/temp-folder.js';
import { waitFor } from '../support/wait-for.js';

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;
const UNKNOWN_EQUIPMENT = { code: 404, message: 'The requested equipment is not found' };
const UNKNOWN_TASK = { code: 404, message: 'The requested task is not found' };
const FAILED = { code: 500, message: 'Internal provisioning exception' };
const DONE = { code: 200, message: 'Completed' };
const RUNNING = { code: 204, message: 'Task is still running' };

for (const broker of ['embedded', 'RabbitMQ'] as const) {
  describe(`the configuration of devices over ${broker}`, function () {
    this.timeout(90_000);
    let service: Service;
    let rest: RestClient;
    let equipment: EquipmentClient;
    let provisioning: ProvisioningFixture;
    let url: string | undefined;

    before(async () => {
      provisioning = await provisioningService();
      url = broker === 'RabbitMQ' ? await (await rabbitmq()).vhostUrl() : undefined;
      const amqp = url === undefined ? {} : { AMQP_URL: url };
      const env = { PROVISIONING_URL: provisioning.url, PROVISIONING_CONCURRENCY: '8', ...amqp };
      service = await startService({ cwd: await tempFolder(), env });
      rest = new RestClient(service.url);
      equipment = new EquipmentClient(rest);
    });

    after(async () => {
      await service?.stop();
      await provisioning?.stop();
    });

    it('is accepted with the id of a task, and done', async () => {
      const answer = await equipment.post('cpe0000001');
      expect(answer.status).to.equal(200);
      const { code, taskId } = answer.body as { code: number; taskId: string };
      expect(code).to.equal(200);
      expect(taskId).to.match(UUID);
      expect(await equipment.ended('cpe0000001', taskId)).to.deep.equal({ status: 200, body: DONE });
      expect(await rest.task(taskId)).to.include({ task_status: 'completed', error_message: null });
      expect(provisioning.seen.find(({ id }) => id === 'cpe0000001')?.body).to.deep.equal({
        timeoutInSeconds: 5,
        parameters: PARAMETERS,
      });
    });

    it('takes an array of one as well, a vlan that is null, and one that is not there', async () => {
      const { username, password, interfaces } = PARAMETERS;
      const without = { username, password, interfaces };
      for (const parameters of [[PARAMETERS], { ...PARAMETERS, vlan: null }, [without]]) {
        const taskId = await equipment.accepted('cpe0000002', { parameters });
        expect((await equipment.ended('cpe0000002', taskId)).body).to.deep.equal(DONE);
      }
      const sent = provisioning.seen.filter(({ id }) => id === 'cpe0000002').map(({ body }) => body);
      expect(sent.map((body) => (body as { parameters: { vlan: unknown } }).parameters.vlan)).to.deep.equal([
        ...[534, null, null],
      ]);
    });

    it('is running until it has ended', async () => {
      const taskId = await equipment.accepted('hang000001', { timeoutInSeconds: 2 });
      const { status, body } = await equipment.state('hang000001', taskId);
      expect({ status, body }).to.deep.equal({ status: 200, body: RUNNING });
      expect(await equipment.ended('hang000001', taskId)).to.deep.equal({ status: 500, body: FAILED });
      const { error_message } = await rest.task(taskId);
      expect(error_message).to.contain('did not answer within 2 s; the device may be configured');
    });

    it('fails as the provisioning service says, with the reason in the task', async () => {
      const cases = [
        ['gone000001', 404, UNKNOWN_EQUIPMENT, 'The requested equipment is not found'],
        ['fail000001', 500, FAILED, 'Internal provisioning exception'],
        ['bad0000001', 500, FAILED, 'does not accept the parameters (400)'],
        ['cut0000001', 500, FAILED, 'broke after the request was sent; the device may be configured'],
      ] as const;
      await Promise.all(
        cases.map(async ([id, status, body, reason]) => {
          const taskId = await equipment.accepted(id, { timeoutInSeconds: 1 });
          expect(await equipment.ended(id, taskId)).to.deep.equal({ status, body });
          expect((await rest.task(taskId)).error_message).to.contain(reason);
        }),
      );
      for (const [id] of cases) expect(provisioning.seen.filter((one) => one.id === id)).to.have.length(1);
    });

    it('is asked for with an id of at least 6 letters and digits, which is judged before the body', async () => {
      for (const id of ['cpe01', 'cpe-000001', 'cpe00000%2F1', 'cpe%20000001', 'кпе000001']) {
        for (const body of [{}, '{"timeoutInSeconds": 0}', 'no JSON']) {
          const { status, body: answer } = await equipment.post(encodeURI(decodeURI(id)), body);
          expect({ status, answer }, id).to.deep.equal({ status: 404, answer: UNKNOWN_EQUIPMENT });
        }
        const { status, body } = await equipment.state(encodeURI(decodeURI(id)), 'none');
        expect({ status, body }, id).to.deep.equal({ status: 404, body: UNKNOWN_EQUIPMENT });
      }
    });

    it('answers a bad body in both forms, naming each field and hiding the password', async () => {
      const parameters = { username: 7, password: [PASSWORD], vlan: 4095, interfaces: [1, 0, '2'], more: 1 };
      const { status, headers, body, text } = await equipment.post('cpe0000003', {
        ...{ timeoutInSeconds: 901, parameters },
        other: true,
      });
      expect(status).to.equal(422);
      expect(headers.get('content-type')).to.contain('application/problem+json');
      expect(body).to.include({ status: 422, title: 'Unprocessable Content', code: 422 });
      expect(body)
        .to.have.property('message')
        .that.equals((body as { detail: string }).detail);
      const { errors } = body as { errors: { pointer: string; detail: string }[] };
      expect(errors.map(({ pointer }) => pointer)).to.have.members([
        '/timeoutInSeconds',
        '/parameters/username',
        '/parameters/password',
        '/parameters/vlan',
        '/parameters/interfaces/1',
        '/parameters/interfaces/2',
        '/parameters/more',
        '/other',
      ]);
      expect(text).to.not.contain(PASSWORD);
      for (const wrong of [[], [PARAMETERS, PARAMETERS], null, 'text', {}]) {
        expect((await equipment.post('cpe0000003', { parameters: wrong })).status).to.equal(422);
      }
      for (const timeoutInSeconds of [0, 1.5, '14', null]) {
        expect((await equipment.post('cpe0000003', { timeoutInSeconds })).status).to.equal(422);
      }
      expect((await equipment.post('cpe0000003', '{"timeoutInSeconds":')).status).to.equal(400);
    });

    it('knows no task of another device or type, and none that nobody made', async () => {
      const taskId = await equipment.accepted('cpe0000004');
      const report = await rest.accepted({ numbers: [1], correlation_id: 1 });
      const cases = [
        ['cpe0000005', taskId, UNKNOWN_EQUIPMENT],
        ['cpe0000004', '01a1ff51-5eb0-7026-abc4-01cb56227a81', UNKNOWN_TASK],
        ['cpe0000004', 'none', UNKNOWN_TASK],
        ['cpe0000004', report, UNKNOWN_TASK],
      ] as const;
      for (const [id, task, expected] of cases) {
        const { status, body } = await equipment.state(id, task);
        expect({ status, body }).to.deep.equal({ status: 404, body: expected });
      }
    });

    it('is one task for calls with one Idempotency-Key', async () => {
      const headers = { 'idempotency-key': 'one-and-the-same' };
      const ids = new Set<unknown>();
      for (let i = 0; i < 3; i++) {
        ids.add(((await equipment.post('cpe0000006', {}, headers)).body as { taskId: string }).taskId);
      }
      expect(ids.size).to.equal(1);
      const other = await equipment.post('cpe0000006', { timeoutInSeconds: 6 }, headers);
      expect(other.status).to.equal(422);
    });

    it('is done one at a time of a device, in order, and not at all once cancelled, expired or superseded', async () => {
      const device = 'hang000002';
      const first = await equipment.accepted(device, { timeoutInSeconds: 3 });
      await waitFor('the call', () => provisioning.seen.some(({ id }) => id === device));
      const expiring = await equipment.accepted(device, { expiresInSeconds: 1 });
      const cancelled = await equipment.accepted(device);
      const superseded = await equipment.accepted(device);
      expect((await rest.post(`/api/v1/tasks/${cancelled}/cancel`)).status).to.be.oneOf([200, 202]);
      await equipment.ended(device, expiring);
      const last = await equipment.accepted(device, { supersede: true, timeoutInSeconds: 1 });
      for (const id of [first, expiring, cancelled, superseded, last]) {
        expect(await equipment.ended(device, id)).to.deep.equal({ status: 500, body: FAILED });
      }
      expect((await rest.task(cancelled)).task_status).to.equal('cancelled');
      expect((await rest.task(expiring)).error_message).to.contain('expired');
      expect((await rest.task(superseded)).error_message).to.contain('A newer task');
      const sent = provisioning.seen.filter(({ id }) => id === device);
      expect(sent).to.have.length(2);
      expect(sent[1]!.at - sent[0]!.at).to.be.greaterThan(3_000);
      expect(provisioning.counts().twoAtOnce).to.equal(0);
    });

    it('is not retried by hand, as its password is gone', async () => {
      const taskId = await equipment.accepted('fail000002');
      await equipment.ended('fail000002', taskId);
      const { status, body } = await rest.post(`/api/v1/tasks/${taskId}/retry`);
      expect(status).to.equal(409);
      expect(body).to.include({ code: 'equipment.password-removed' });
    });

    it('shows in the metrics, in readiness and in the search', async () => {
      const { text } = await rest.get('/metrics');
      expect(text).to.match(/switchyard_provisioning_call_seconds_count\{outcome="done"\} [1-9]/);
      expect(text).to.match(/switchyard_equipment_configured_total\{fate="finished",code="404"\} [1-9]/);
      const { parts } = (await rest.get('/readyz')).body as { parts: Record<string, object> };
      expect(parts['provisioning']).to.have.property('status');
      const found = await rest.tasks('&equipment_id=cpe0000001');
      expect(found).to.have.length(1);
    });

    if (broker === 'RabbitMQ') {
      it('is taken up again by the replay of a message that was no valid work, which was kept sealed', async () => {
        const amqp = await amqpClient(url!);
        const message = { task_id: 'theirs', equipment_id: 'x', timeoutInSeconds: 5, parameters: PARAMETERS };
        await amqp.send('to_configure', [JSON.stringify(message)]);
        const letter = await waitFor('the dead letter', async () => {
          const { body } = await rest.get('/api/v1/dead-letters?source=to_configure&status=waiting');
          return (body as { items: { id: string }[] }).items[0];
        });
        const { text, body } = await rest.get(`/api/v1/dead-letters/${letter.id}`);
        expect(body).to.include({ reason: 'invalid-job', payload: '[sealed]' });
        expect(text).to.not.contain(PASSWORD);
        expect((await rest.post(`/api/v1/dead-letters/${letter.id}/replay`)).status).to.be.oneOf([200, 202]);
        await waitFor('what came of the replay', async () => {
          const { body: again } = await rest.get('/api/v1/dead-letters?source=to_configure&status=waiting');
          return (again as { items: { id: string }[] }).items.some(({ id }) => id !== letter.id);
        });
        await amqp.close();
      });
    }

    it('leaves its password nowhere', async () => {
      const tasks = await rest.tasks();
      const shown = await Promise.all([
        ...['/metrics', '/api/v1/tasks', '/api/v1/dead-letters', '/api/v1/system/overview', '/readyz'].map(
          async (path) => (await rest.get(path)).text,
        ),
        ...tasks
          .slice(0, 20)
          .flatMap(({ task_id: id }) => [
            rest.get(`/api/v1/tasks/${id}`).then(({ text }) => text),
            rest.get(`/api/v1/tasks/${id}/history`).then(({ text }) => text),
          ]),
      ]);
      expect(shown.join('\n')).to.not.contain(PASSWORD);
      expect(service.output()).to.not.contain(PASSWORD);
      const state = join(service.cwd, 'data/state');
      const files = await readdir(state);
      expect(files).to.include('seal.key');
      for (const file of files) {
        expect((await readFile(join(state, file))).includes(PASSWORD), file).to.equal(false);
      }
    });
  });
}
