import type { Seal } from '../../kernel/seal.js';
import type { ConfigureParameters } from './configure-parameters.js';

/** What a client asks to be done to a device: the type of its task. */
export const CONFIGURE_TASK = 'equipment.configure';

/** What the ledger keeps of a request. */
export interface ConfigurePayload {
  equipmentId: string;
  timeoutInSeconds: number;
  parameters: Omit<ConfigureParameters, 'password'>;
  /** Sealed; null once the task has ended. */
  password: string | null;
}

export function encodePayload(payload: ConfigurePayload): string {
  return JSON.stringify(payload);
}

export function decodePayload(text: string): ConfigurePayload {
  return JSON.parse(text) as ConfigurePayload;
}

/** A password opens for its device alone. */
export function sealPassword(seal: Seal, equipmentId: string, password: string): string {
  return seal.seal(password, `equipment:${equipmentId}`);
}

export function openPassword(seal: Seal, equipmentId: string, sealed: string): string {
  return seal.open(sealed, `equipment:${equipmentId}`);
}
