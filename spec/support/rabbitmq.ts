import { openingForAll } from './open-resources.js';
import { RabbitMqNode } from './rabbitmq-node.js';
import { shared } from './shared-server.js';

/** The RabbitMQ server of the specs. */
export interface RabbitMq {
  /** The default virtual host. */
  readonly url: string;
  /** Whether the methods that disturb the server work; not on one that SPEC_AMQP_URL names. */
  readonly controllable: boolean;
  /** A fresh virtual host, so that spec files do not disturb each other; the default one where it is not ours. */
  vhostUrl(): Promise<string>;
  /** Stops the broker inside its node: connections break, ports close, durable things stay. About 1 s. */
  stopApp(): Promise<void>;
  startApp(): Promise<void>;
  /** Ends the whole server, in good order or by SIGKILL, and starts it again. About 10 s. */
  restart(how: 'in good order' | 'at once'): Promise<void>;
  closeAllConnections(): Promise<void>;
  /** The queues that somebody consumes in the virtual host of a URL that `vhostUrl` gave. */
  consumedQueues(vhostUrl: string): Promise<string[]>;
  /** As when memory runs short: connections that publish are blocked until this is called with `false`. */
  blockPublishers(blocked: boolean): Promise<void>;
  stop(): Promise<void>;
}

/** Started once a run, or the one that SPEC_AMQP_URL names. */
export const rabbitmq = shared(startRabbitMq);

async function startRabbitMq(): Promise<RabbitMq> {
  const given = process.env.SPEC_AMQP_URL;
  if (given) return foreignServer(given);
  const node = await RabbitMqNode.start();
  let vhosts = 0;
  return {
    url: `amqp://guest:guest@127.0.0.1:${node.port}`,
    controllable: true,
    async vhostUrl() {
      const name = `spec-${++vhosts}`;
      await node.ctl('eval', addVhost(name));
      return `amqp://guest:guest@127.0.0.1:${node.port}/${name}`;
    },
    stopApp: async () => void (await node.ctl('stop_app')),
    startApp: async () => void (await node.ctl('start_app')),
    restart: (how) => openingForAll(() => node.restart(how)),
    closeAllConnections: async () => void (await node.ctl('close_all_connections', 'asked for by a spec')),
    async consumedQueues(vhostUrl) {
      const name = new URL(vhostUrl).pathname.slice(1);
      const listed = await node.ctl('list_queues', '--no-table-headers', '-p', name, 'consumers', 'name');
      const lines = listed.split('\n').map((line) => line.trim().split('\t'));
      return lines.flatMap(([consumers, queue]) => (queue && Number(consumers) > 0 ? [queue] : []));
    },
    blockPublishers: async (blocked) =>
      void (await node.ctl('set_vm_memory_high_watermark', blocked ? '0.000001' : '0.4')),
    stop: () => node.stop(),
  };
}

/** Both steps in one call: each start of the tool takes a second. */
function addVhost(name: string): string {
  return (
    `rabbit_vhost:add(<<"${name}">>, <<"spec">>), rabbit_auth_backend_internal:set_permissions(` +
    `<<"guest">>, <<"${name}">>, <<".*">>, <<".*">>, <<".*">>, <<"spec">>).`
  );
}

function foreignServer(url: string): RabbitMq {
  const refuse = (): Promise<never> =>
    Promise.reject(new Error('SPEC_AMQP_URL names a server that is not ours'));
  return {
    url,
    controllable: false,
    vhostUrl: () => Promise.resolve(url),
    stopApp: refuse,
    startApp: refuse,
    restart: refuse,
    closeAllConnections: refuse,
    consumedQueues: refuse,
    blockPublishers: refuse,
    stop: () => Promise.resolve(),
  };
}
