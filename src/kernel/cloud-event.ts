import { toRfc3339 } from './clock.js';
import type { NewEvent } from './event.js';

/** `source` of every event; with `id` it names one event. */
export const EVENT_SOURCE = '/switchyard';

/** An event as CloudEvents 1.0 in JSON text: the form in which all ways out carry it. */
export function cloudEventJson(id: string, { type, subject, time, data }: NewEvent): string {
  return (
    `{"specversion":"1.0","id":"${id}","source":"${EVENT_SOURCE}","type":${JSON.stringify(type)},` +
    `"time":"${toRfc3339(time)}","subject":${JSON.stringify(subject)},"datacontenttype":"application/json","data":${data}}`
  );
}
