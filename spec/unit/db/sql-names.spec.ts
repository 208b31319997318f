import { expect } from 'chai';
import fc from 'fast-check';
import { SqlNames } from '../../../src/platform/db/sql-names.js';

describe('numbers for SQL texts', () => {
  it('always lead the other side to the text, within the limit', () => {
    const texts = fc.array(fc.array(fc.integer({ min: 0, max: 12 }), { maxLength: 20 }), { maxLength: 30 });
    fc.assert(
      fc.property(texts, fc.integer({ min: 1, max: 8 }), (requests, limit) => {
        const names = new SqlNames(limit);
        const known = new Map<number, string>();
        for (const request of requests) {
          const used = request.map((n) => [names.idOf(`select ${n}`), `select ${n}`] as const);
          const { learn, forget } = names.take();
          for (const [id, sql] of learn) known.set(id, sql);
          for (const [id, sql] of used) expect(known.get(id)).to.equal(sql);
          for (const id of forget) known.delete(id);
          expect(known.size).to.be.at.most(limit);
        }
      }),
    );
  });
});
