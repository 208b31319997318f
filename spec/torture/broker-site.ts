import { rabbitmq } from '../support/rabbitmq.js';
import { startTcpProxy, type TcpProxy, throughProxy } from '../support/tcp-proxy.js';
import { AmqpPort } from './queue-port.js';
import type { Env } from './site.js';

/** RabbitMQ behind a proxy, with the service's queues in a virtual host of their own. */
export interface BrokerSite {
  readonly env: Env;
  readonly proxy: TcpProxy;
  readonly queues: AmqpPort;
  stop(): Promise<void>;
}

export async function prepareBroker(): Promise<BrokerSite> {
  const url = await (await rabbitmq()).vhostUrl();
  const { hostname, port } = new URL(url);
  const proxy = await startTcpProxy({ host: hostname, port: Number(port) });
  const through = throughProxy(url, proxy);
  const queues = new AmqpPort(through);
  return {
    env: { AMQP_URL: through },
    proxy,
    queues,
    async stop() {
      await queues.close();
      await proxy.stop();
    },
  };
}
