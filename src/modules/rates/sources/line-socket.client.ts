import WebSocket from 'ws';
import type { Clock, Timer } from '../../../kernel/clock.js';
import type { OpenSocket } from './line-socket.js';

const HANDSHAKE_MS = 5_000;
const GOODBYE_MS = 1_000;
const MOST_BYTES = 1024 * 1024;

/** WebSockets by `ws`, which answers each ping with a pong of the same payload. */
export function createOpenSocket(clock: Clock): OpenSocket {
  return (url, events) => {
    const socket = new WebSocket(url, {
      handshakeTimeout: HANDSHAKE_MS,
      maxPayload: MOST_BYTES,
      perMessageDeflate: false,
      followRedirects: false,
    });
    let goodbye: Timer | undefined;
    let reason: string | undefined;
    socket.on('open', events.opened);
    socket.on('message', (data: Buffer) => {
      events.heard();
      events.text(data.toString('utf8'));
    });
    socket.on('ping', events.heard);
    socket.on('pong', events.heard);
    socket.on('error', (error: NodeJS.ErrnoException) => (reason ??= error.code ?? error.message));
    socket.on('close', (code: number) => {
      goodbye?.cancel();
      events.closed(reason ?? `closed with ${code}`);
    });
    return {
      ping: () => void (socket.readyState === WebSocket.OPEN && socket.ping()),
      close() {
        socket.close(1000);
        goodbye ??= clock.after(GOODBYE_MS, () => socket.terminate());
      },
      drop: () => socket.terminate(),
    };
  };
}
