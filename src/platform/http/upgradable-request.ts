import { IncomingMessage } from 'node:http';

/**
 * A request that leaves HTTP for WebSocket alone. Clients that offer `Upgrade: h2c` (Java's, say) and are not taken
 * up on it go on in HTTP/1.1; without this a listener for upgrades would swallow their requests.
 */
export class UpgradableRequest extends IncomingMessage {
  /** Set by the parent's constructor, before a field of this class would exist. */
  declare private isOffered: boolean | null;

  set upgrade(offered: boolean | null) {
    this.isOffered = offered;
  }

  get upgrade(): boolean {
    return this.isOffered === true && this.headers.upgrade?.toLowerCase() === 'websocket';
  }
}
