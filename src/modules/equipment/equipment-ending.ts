import type { Tx } from '../../kernel/tx.js';
import type { Ending, Task } from '../tasks/index.js';

/** A configuration that has just ended, told in the transaction in which it ends. */
export interface EquipmentEnding {
  task: Task;
  equipmentId: string;
  ending: Ending;
  /** As `configured` says it: 200 done, 404 the device is not known, 500 anything else. */
  code: 200 | 404 | 500;
  /** Why, for people; no secret. */
  message: string;
}

/** Adds to the transaction; throws nothing. */
export type EquipmentEnded = (tx: Tx, ending: EquipmentEnding) => void;
