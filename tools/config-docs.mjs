// Writes the table of docs/configuration.md from config.default.env; with --check, fails where they differ.
import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { format, resolveConfig } from 'prettier';

const root = new URL('../', import.meta.url);
const docs = new URL('docs/configuration.md', root);
const BEGIN = '<!-- keys: made by tools/config-docs.mjs -->';
const END = '<!-- end of keys -->';

const cell = (text) => text.replaceAll('|', '\\|');

function entryOf(block) {
  const lines = block.split('\n');
  const [key, value] = lines.at(-1).split(/=(.*)/s);
  const comments = lines.filter((line) => line.startsWith('#')).map((line) => line.slice(2));
  const allowed = comments.find((line) => line.startsWith('Value: ')).slice('Value: '.length);
  const meaning = comments.filter((line) => !line.startsWith('Value: ')).join(' ');
  const shown = value === '' ? 'not set' : `\`${value}\``;
  return `| \`${key}\` | ${shown} | ${cell(allowed)} | ${cell(meaning)} |`;
}

function tables() {
  const blocks = readFileSync(new URL('config.default.env', root), 'utf8').trim().split('\n\n').slice(1);
  return blocks.flatMap((block) => {
    const section = /^# == (.*) ==$/.exec(block)?.[1];
    if (!section) return [entryOf(block)];
    return ['', `### ${section}`, '', '| key | default | value | meaning |', '|---|---|---|---|'];
  });
}

const before = readFileSync(docs, 'utf8');
const [head, rest] = before.split(BEGIN);
const tail = rest?.split(END)[1];
if (tail === undefined) throw new Error('docs/configuration.md has lost the marks of its table');
const style = await resolveConfig(fileURLToPath(docs));
const table = `${BEGIN}\n${tables().join('\n')}\n\n${END}`;
const after = await format(`${head}${table}${tail}`, { ...style, parser: 'markdown' });

if (!process.argv.includes('--check')) writeFileSync(docs, after);
else if (after !== before) {
  console.error('docs/configuration.md is behind config.default.env: run "node tools/config-docs.mjs"');
  process.exitCode = 1;
}
