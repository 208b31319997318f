import { connect, createServer, type AddressInfo, type Socket } from 'node:net';

/** Stands between a client and a server, to cut what a network cuts. */
export interface TcpProxy {
  readonly port: number;
  /** Breaks every connection there is. */
  cut(): void;
  /** Breaks every connection, and every new one at once, until `open`. */
  close(): void;
  open(): void;
  /** Connections that got through so far. */
  readonly accepted: number;
  /** Local ports of its connections to the server: by these the server knows whose they are. */
  upstreamPorts(): number[];
  stop(): Promise<void>;
}

export async function startTcpProxy(target: { host: string; port: number }): Promise<TcpProxy> {
  const sockets = new Set<Socket>();
  const upstreams = new Set<Socket>();
  let closed = false;
  let accepted = 0;
  const track = (socket: Socket): Socket => {
    sockets.add(socket);
    socket.on('error', () => undefined);
    socket.on('close', () => sockets.delete(socket));
    return socket;
  };
  const server = createServer((client) => {
    track(client);
    if (closed) return void client.destroy();
    accepted++;
    const upstream = track(connect(target.port, target.host));
    upstreams.add(upstream);
    client.on('close', () => upstream.destroy());
    upstream.on('close', () => {
      upstreams.delete(upstream);
      client.destroy();
    });
    client.pipe(upstream).pipe(client);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const cut = (): void => sockets.forEach((socket) => socket.destroy());
  return {
    port: (server.address() as AddressInfo).port,
    cut,
    close() {
      closed = true;
      cut();
    },
    open: () => void (closed = false),
    get accepted() {
      return accepted;
    },
    upstreamPorts: () => [...upstreams].flatMap(({ localPort }) => localPort ?? []),
    async stop() {
      cut();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

/** The same URL, through the proxy. */
export function throughProxy(url: string, proxy: TcpProxy): string {
  const changed = new URL(url);
  changed.hostname = '127.0.0.1';
  changed.port = String(proxy.port);
  return changed.href;
}
