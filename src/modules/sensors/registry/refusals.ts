/** The `TxConflict` reasons of this module: why a transaction came to nothing. */
export const NAME_TAKEN = 'clients.name-taken';
export const CLIENT_CHANGED = 'clients.changed';
export const CLIENT_GONE = 'clients.not-found';
export const EXTERNAL_ID_TAKEN = 'sensors.external-id-taken';
export const SENSOR_CHANGED = 'sensors.changed';
/** An `Idempotency-Key` that another call has. */
export const KEY_TAKEN = 'sensors.idempotency-busy';
