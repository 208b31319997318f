const EQUIPMENT_ID = /^[a-zA-Z0-9]{6,}$/;
/** What a path, a lane and an index hold. */
const LONGEST_ID = 255;

export function isEquipmentId(text: string): boolean {
  return text.length <= LONGEST_ID && EQUIPMENT_ID.test(text);
}

/** The lane of a device: its tasks are done one at a time, in order of arrival. */
export function equipmentLane(id: string): string {
  return `equipment:${id}`;
}
