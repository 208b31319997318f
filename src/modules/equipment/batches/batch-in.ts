/** How a batch is to go. */
interface BatchOptionsIn {
  /**
   * @minLength 1
   * @maxLength 128
   */
  name?: string;
  /**
   * Devices that are done before all others; 10 where it is not given, 0 for none.
   * @isInt
   * @minimum 0
   * @maximum 10000
   */
  canary?: number;
  /**
   * Share of failures, above 0, from which on nothing further is started: of the canary, then of the devices that have ended, from the
   * tenth on. 0.2 where it is not given.
   * @minimum 0
   * @maximum 1
   */
  stop_at_failure_share?: number;
  /**
   * For each device; 1 where it is not given. One that the provisioning service does not know is not tried again.
   * @isInt
   * @minimum 1
   * @maximum 5
   */
  max_attempts?: number;
  /**
   * Devices in the ledger at a time; 20 where it is not given.
   * @isInt
   * @minimum 1
   * @maximum 500
   */
  in_flight?: number;
  /**
   * The longest wait for the provisioning service's answer about one device; 60 where it is not given.
   * @isInt
   * @minimum 1
   * @maximum 900
   */
  timeout_in_seconds?: number;
  /** Whether each replaces what waits for its device. */
  supersede?: boolean;
}

/** The options of a CSV. */
export interface BatchQuery extends BatchOptionsIn {
  /** From when on no device is configured any more, RFC 3339. */
  expires_at?: string;
}

export interface BatchIn extends BatchOptionsIn {
  /**
   * Ids, or ids with parameters of their own; each device once.
   * @minItems 1
   * @maxItems 10000
   */
  devices: (string | BatchDeviceIn)[];
  /** Of every device, where it has none of its own. */
  parameters?: BatchParametersIn;
  /**
   * From when on no device is configured any more, RFC 3339.
   * @isDateTime
   */
  expires_at?: Date;
}

export interface BatchDeviceIn {
  /** @pattern ^[a-zA-Z0-9]{6,255}$ */
  id: string;
  /** Over those of the batch, field by field. */
  parameters?: BatchParametersIn;
}

/** In the end each device has all but `vlan`. */
export interface BatchParametersIn {
  /**
   * @minLength 1
   * @maxLength 256
   */
  username?: string;
  /**
   * Kept sealed, until the batch has ended.
   * @minLength 1
   * @maxLength 256
   */
  password?: string;
  /**
   * @isInt
   * @minimum 1
   * @maximum 4094
   */
  vlan?: number | null;
  /** @maxItems 1000 */
  interfaces?: BatchInterface[];
}

/**
 * @isInt
 * @minimum 1
 */
export type BatchInterface = number;
