const FUNCTIONS = ':function';

/** Lines of a function without those of the functions inside it: a factory is as long as what it says itself. */
export const ownLength = {
  meta: {
    type: 'suggestion',
    schema: [{ type: 'object', properties: { max: { type: 'integer', minimum: 1 } }, required: ['max'] }],
    messages: { tooLong: 'This function has {{own}} lines of its own; at most {{max}} read well.' },
  },
  create(context) {
    const { max } = context.options[0];
    /** @type {Set<number>[]} the lines that inner functions cover, for each function that is open */
    const open = [];
    return {
      [FUNCTIONS]: () => void open.push(new Set()),
      [`${FUNCTIONS}:exit`](node) {
        const inner = open.pop();
        const own = linesOf(node).filter((line) => !inner.has(line) && isCode(context, line)).length;
        for (const line of linesOf(node)) open.at(-1)?.add(line);
        if (own > max) context.report({ node, messageId: 'tooLong', data: { own, max } });
      },
    };
  },
};

function linesOf({ loc: { start, end } }) {
  return Array.from({ length: end.line - start.line + 1 }, (_, i) => start.line + i);
}

function isCode(context, line) {
  const text = context.sourceCode.lines[line - 1]?.trim() ?? '';
  return text !== '' && !/^(\/\/|\/\*|\*)/.test(text);
}
