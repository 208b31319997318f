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

describe('What is said of a wrong value', () => {
  const detailOf = (value: unknown, schema: Schema): string | undefined => {
    const checked = new SchemaCheck(models, false);
    checked.check(value, schema);
    return checked.errors[0]?.detail;
  };

  it('shows no text that holds a secret, as an object that was made text twice does', () => {
    const twice = JSON.stringify({ username: 'admin', Password: '§' });
    expect(detailOf(twice, { ref: 'Plain' })).to.equal(
      'must be an object, got something that is not shown here',
    );
    expect(detailOf('a word', { ref: 'Plain' })).to.equal('must be an object, got "a word"');
  });

  it('has the range of a number that may be null', () => {
    const schema: Schema = {
      dataType: 'union',
      subSchemas: [{ dataType: 'integer' }, { dataType: 'enum', enums: [null] }],
      validators: { minimum: { value: 1 }, maximum: { value: 9 } },
    };
    expect(detailOf(0, schema)).to.equal('must be a whole number from 1 to 9 or null, got 0');
  });

  it('has the size of a list that may stand for something else', () => {
    const schema: Schema = {
      dataType: 'union',
      subSchemas: [{ ref: 'Plain' }, { dataType: 'array', array: { ref: 'Plain' } }],
      validators: { minItems: { value: 1 }, maxItems: { value: 1 } },
    };
    expect(detailOf([{}, {}], schema)).to.equal('must be an object or an array of 1 item, got an array of 2');
  });

  it('tells the length of a text beside what it must have', () => {
    const pattern = { value: '^[^0]*$', errorMsg: 'must have no 0' };
    const schema: Schema = { dataType: 'string', validators: { maxLength: { value: 3 }, pattern } };
    const expected = 'must be a string of ≤ 3 characters, and must have no 0';
    expect(detailOf('0', schema)).to.equal(`${expected}, got "0"`);
    expect(detailOf('long', schema)).to.equal(`${expected}, got "long"`);
  });
});
