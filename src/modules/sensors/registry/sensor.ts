/** A sensor of a client, and how it is. */
export interface Sensor {
  id: string;
  clientId: string;
  /** Its name at the client: unique among the client's own that are not deleted. */
  externalId: string;
  name: string;
  kind: string;
  /** Of one that is not, no event is taken. */
  enabled: boolean;
  createdAt: number;
  createdBy: string;
  /** Grows with each change but those of the status. */
  version: number;
  /** Null until its first event. */
  status: string | null;
  /** `at` of its newest event, epoch ms. */
  statusAt: number | null;
  /** Order of arrival of that event. */
  heard: number;
}

/** What may be changed. */
export interface SensorFields {
  externalId: string;
  name: string;
  kind: string;
  enabled: boolean;
}

export const DEFAULT_KIND = 'generic';

/** Which sensors: all that is there must hold. */
export interface SensorFilter {
  clientId?: string | undefined;
  externalId?: string | undefined;
  name?: string | undefined;
  kind?: string | undefined;
  status?: string | undefined;
  enabled?: boolean | undefined;
}

/** Changes with whatever is shown of the sensor; the part before the dot with what can be set alone. */
export function tagOf({ version, heard }: Sensor): string {
  return `"${version}.${heard.toString(36)}"`;
}

/** What of a tag is held against a change: the version, and not what events bring. */
export function versionTagOf(tag: string): string {
  return tag.replace(/^("\d+)\..*$/, '$1"');
}
