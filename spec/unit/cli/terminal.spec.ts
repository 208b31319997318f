import { expect } from 'chai';
import { isInteractive } from '../../../src/cli/cli-environment.js';
import { printable } from '../../../src/cli/terminal-text.js';

describe('output for a terminal', () => {
  it('has spinners and bars only where there is a terminal that knows its width', () => {
    const shown = [
      { isTTY: true, columns: 80 },
      { isTTY: true, columns: 0 },
      { isTTY: false, columns: 80 },
    ].map((stream) => isInteractive(stream));
    expect(shown).to.deep.equal([process.env['TERM'] !== 'dumb', false, false]);
  });

  it('has nothing in it that a terminal would obey', () => {
    expect(printable('a\u001b[2J\u009b1m\r\u0000\tb\nc é 😀')).to.equal('a?[2J?1m??\tb\nc é 😀');
  });
});
