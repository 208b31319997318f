import { connect } from 'amqplib';
import { expect } from 'chai';
import { amqpClient } from '../support/amqp-client.js';
import { EquipmentClient, PARAMETERS } from '../support/equipment-client.js';
import { provisioningService } from '../support/provisioning-service.js';
import { rabbitmq } from '../support/rabbitmq.js';
import { RestClient } from '../support/rest-client.js';
import { startService } from '../support/service.js';
import type { Service } from '../support/service.js';
import { waitFor } from '../support/wait-for.js';

const NAMES = {
  EXCHANGE_EQUIPMENT: 'provisioning',
  QUEUE_TO_CONFIGURE: 'cpe.todo',
  QUEUE_CONFIGURED: 'cpe.done',
  KEY_TO_CONFIGURE: 'todo',
  KEY_CONFIGURED: 'done',
};

interface Order {
  task_id: string;
  equipment_id: string;
  timeoutInSeconds: number;
  parameters: object;
}

/** A configurator in a few lines: it gives each device the code that stands at the end of its name. */
async function foreignConfigurator(url: string): Promise<{ orders: Order[]; close: () => Promise<void> }> {
  const connection = await connect(url);
  const channel = await connection.createChannel();
  const orders: Order[] = [];
  await channel.prefetch(4);
  await channel.consume('cpe.todo', (message) => {
    if (!message) return;
    const order = JSON.parse(message.content.toString()) as Order;
    orders.push(order);
    const { task_id, equipment_id } = order;
    const code = Number(equipment_id.slice(-3));
    const answer = JSON.stringify({ task_id, equipment_id, code, message: 'as the other says' });
    channel.publish('provisioning', 'done', Buffer.from(answer), { persistent: true });
    channel.ack(message);
  });
  return { orders, close: () => connection.close() };
}

describe('a configurator that is not ours', function () {
  this.timeout(90_000);
  let service: Service;
  let equipment: EquipmentClient;
  let url: string;

  before(async () => {
    url = await (await rabbitmq()).vhostUrl();
    // What is there already is used as it is.
    const client = await amqpClient(url, ['cpe.todo']);
    await client.close();
    service = await startService({ env: { AMQP_URL: url, EQUIPMENT_CONFIGURATOR: 'off', ...NAMES } });
    equipment = new EquipmentClient(new RestClient(service.url));
  });

  after(() => service?.stop());

  it('takes the work over through the two queues, under names of the configuration, in order of each device', async () => {
    const ids = ['cpe000200', 'cpe000404', 'cpe000500'];
    const tasks = new Map<string, string[]>(ids.map((id) => [id, []]));
    for (let round = 0; round < 5; round++) {
      for (const id of ids) tasks.get(id)!.push(await equipment.accepted(id));
    }
    const { status, body } = await equipment.state('cpe000200', tasks.get('cpe000200')![0]!);
    expect({ status, body }).to.deep.include({
      status: 200,
      body: { code: 204, message: 'Task is still running' },
    });
    const { orders, close } = await foreignConfigurator(url);
    for (const id of ids) {
      for (const task of tasks.get(id)!) {
        expect((await equipment.ended(id, task)).body.code).to.equal(Number(id.slice(-3)));
      }
      expect(orders.filter((one) => one.equipment_id === id).map((one) => one.task_id)).to.deep.equal(
        tasks.get(id),
      );
    }
    expect(orders[0]).to.deep.include({ timeoutInSeconds: 5, parameters: PARAMETERS });
    const { parts } = (await equipment.rest.get('/readyz')).body as { parts: Record<string, object> };
    expect(parts['provisioning']).to.deep.equal({
      status: 'ok',
      detail: 'off: another configurator is expected',
    });
    await close();
  });

  it('hands back to ours where that is switched on again, and what it says of ended tasks changes nothing', async () => {
    const waiting = await equipment.accepted('cpe777777');
    await waitFor('the hand-over', async () =>
      (await equipment.rest.history(waiting)).some(({ reason }) => reason.startsWith('handed')),
    );
    await service.stop();
    const provisioning = await provisioningService();
    const env = { AMQP_URL: url, PROVISIONING_URL: provisioning.url, ...NAMES };
    service = await startService({ cwd: service.cwd, env });
    equipment = new EquipmentClient(new RestClient(service.url));
    expect((await equipment.ended('cpe777777', waiting)).body.code).to.equal(200);
    const client = await amqpClient(url);
    const late = { task_id: waiting, equipment_id: 'cpe777777', code: 500, message: 'late' };
    client.channel.publish('provisioning', 'done', Buffer.from(JSON.stringify(late)));
    const unknown = { ...late, task_id: '01a1ff51-5eb0-7026-abc4-01cb56227a81' };
    client.channel.publish('provisioning', 'done', Buffer.from(JSON.stringify(unknown)));
    await client.channel.waitForConfirms();
    await waitFor('the dead letter', async () => {
      const { body } = await equipment.rest.get('/api/v1/dead-letters?source=cpe.done');
      return (body as { items: { reason: string }[] }).items.some(({ reason }) => reason === 'unknown-task');
    });
    expect((await equipment.state('cpe777777', waiting)).body).to.include({ code: 200 });
    await client.close();
    await service.stop();
    await provisioning.stop();
  });
});
