import { expect } from 'chai';
import { SchemaCheck } from '../../../src/platform/http/schema-check.js';
import type { Models, Schema } from '../../../src/platform/http/route-table.js';

const named = (kind: string, more: Record<string, Schema> = {}): Models[string] => ({
  dataType: 'refObject',
  properties: { kind: { dataType: 'enum', enums: [kind], required: true }, ...more },
  additionalProperties: false,
});

const models: Models = {
  Chat: named('chat', { id: { dataType: 'integer', required: true } }),
  List: named('list', { items: { dataType: 'array', array: { dataType: 'integer' }, required: true } }),
  Plain: named('plain'),
};
const either: Schema = {
  dataType: 'union',
  subSchemas: [{ dataType: 'enum', enums: ['word'] }, { ref: 'Chat' }, { ref: 'List' }, { ref: 'Plain' }],
};
const several: Schema = { dataType: 'array', array: either };

function check(value: unknown, schema: Schema): { read: unknown; pointers: string[] } {
  const checked = new SchemaCheck(models, false);
  const read = checked.check(value, schema);
  return { read, pointers: checked.errors.map(({ pointer }) => pointer) };
}

describe('The check of a value that may be one of several', () => {
  it('takes what any of them takes, and leaves it as it came', () => {
    const values = ['word', { kind: 'plain' }, { kind: 'chat', id: 1 }, { kind: 'list', items: [1, 2] }];
    const { read, pointers } = check(structuredClone(values), several);
    expect(pointers).to.deep.equal([]);
    expect(read).to.deep.equal(values);
  });

  it('names what none of them takes, and does not change it', () => {
    const value = [{ kind: 'list', items: ['x'] }, { kind: 'nothing' }, 5];
    const { pointers } = check(value, several);
    expect(pointers.length).to.be.at.least(3);
    expect(value).to.deep.equal([{ kind: 'list', items: ['x'] }, { kind: 'nothing' }, 5]);
  });
});
