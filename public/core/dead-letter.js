import { typeName } from './format.js';

/** Where a dead letter comes from: a queue by its name, a kind of work in words. */
export function sourceName({ kind, source }) {
  return kind === 'task' ? typeName(source) : source;
}
