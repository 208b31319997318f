import type { Seal } from '../../../kernel/seal.js';
import type { ToConfigure } from '../exchange-messages.js';

type Request = Pick<ToConfigure, 'task_id' | 'equipment_id' | 'timeoutInSeconds' | 'parameters'>;

/** What is sent to the provisioning service, as a job keeps it: sealed as a whole, for its device alone. */
export function sealRequest(seal: Seal, { equipment_id, timeoutInSeconds, parameters }: Request): string {
  return seal.seal(JSON.stringify({ timeoutInSeconds, parameters }), contextOf(equipment_id));
}

/** JSON text. Throws where its key is not here. */
export function openRequest(seal: Seal, equipmentId: string, sealed: string): string {
  return seal.open(sealed, contextOf(equipmentId));
}

function contextOf(equipmentId: string): string {
  return `equipment-job:${equipmentId}`;
}
