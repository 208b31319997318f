import type { AsyncApiDocument } from './async-api.js';

interface Shown {
  name: string;
  title: string;
  summary: string;
  payload: unknown;
  headers?: unknown;
  examples?: readonly { payload: unknown }[];
}
interface ShownChannel {
  address: string;
  title: string;
  description: string;
}
interface ShownOperation {
  action: 'send' | 'receive';
  channel: { $ref: string };
  messages: readonly { $ref: string }[];
}

const HEADINGS = { receive: 'The service takes', send: 'The service sends' } as const;

/** The page without what the document says: a script of its own asks for that. */
export const ASYNC_API_SHELL = `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Switchyard messages</title>
<link rel="icon" type="image/svg+xml" href="/icon.svg">
<link rel="stylesheet" href="/asyncapi.css">
<script type="module" src="/docs/asyncapi.js"></script>
</head>
<body>
<main></main>
</body>
</html>
`;

/** The document to read, as the content of its page: plain HTML. */
export function renderAsyncApi(document: AsyncApiDocument): string {
  const { info, channels, operations, components } = document;
  const channel = ([id, value]: [string, unknown]): string => {
    const { address, title, description } = value as ShownChannel;
    const own = Object.values(operations as Record<string, unknown>)
      .map((operation) => operation as ShownOperation)
      .filter((operation) => nameOf(operation.channel) === id);
    return `<section id="${escaped(id)}"><h2>${escaped(title)}</h2><p><code>${escaped(address)}</code></p>
<p>${prose(description)}</p>${own.map((operation) => operationHtml(operation, components.messages)).join('')}</section>`;
  };
  const links = Object.entries(channels).map(
    ([id, value]) =>
      `<li><a href="#${escaped(id)}">${escaped((value as unknown as ShownChannel).title)}</a></li>`,
  );
  const schemas = Object.entries(components.schemas).map(([name, schema]) => schemaHtml(name, schema));
  return `<header><h1>${escaped(info.title)} <small>${escaped(info.version)}</small></h1>
<p>${prose(info.description)} The same for programs: <a href="/asyncapi.json">asyncapi.json</a>, <a href="/docs">REST</a>.</p>
<nav aria-label="Channels"><ul>${links.join('')}<li><a href="#schemas">Schemas</a></li></ul></nav></header>
<main>${Object.entries(channels).map(channel).join('\n')}
<section id="schemas"><h2>Schemas</h2>${schemas.join('')}</section></main>
`;
}

function operationHtml(
  { action, messages }: ShownOperation,
  known: AsyncApiDocument['components']['messages'],
): string {
  const shown = messages.map((message) => messageHtml(known[nameOf(message)] as unknown as Shown));
  return `<h3>${HEADINGS[action]}</h3>${shown.join('')}`;
}

function messageHtml({ name, title, summary, payload, headers, examples = [] }: Shown): string {
  const parts = [
    part('Payload', payload),
    ...(headers === undefined ? [] : [part('Headers', headers)]),
    ...examples.map((example) => part('Example', example.payload)),
  ];
  return `<details id="message-${escaped(name)}"><summary><b>${escaped(title)}</b> <code>${escaped(name)}</code>
<span>${prose(summary)}</span></summary>${parts.join('')}</details>`;
}

function part(title: string, value: unknown): string {
  return `<h4>${title}</h4><pre tabindex="0">${json(value)}</pre>`;
}

function schemaHtml(name: string, schema: unknown): string {
  return `<details id="schema-${escaped(name)}"><summary><code>${escaped(name)}</code></summary><pre tabindex="0">${json(schema)}</pre></details>`;
}

/** References to schemas lead to them. */
function json(value: unknown): string {
  return escaped(JSON.stringify(value, null, 2)).replace(
    /&quot;#\/components\/schemas\/(\w+)&quot;/g,
    '<a href="#schema-$1">$1</a>',
  );
}

function nameOf({ $ref }: { $ref: string }): string {
  return $ref.slice($ref.lastIndexOf('/') + 1);
}

/** Text with `code` in it. */
function prose(text: string): string {
  return escaped(text).replace(/`([^`]*)`/g, '<code>$1</code>');
}

function escaped(text: string): string {
  return text.replace(/[&<>"']/g, (sign) => `&${ENTITIES[sign]!};`);
}

const ENTITIES: Readonly<Record<string, string>> = {
  '&': 'amp',
  '<': 'lt',
  '>': 'gt',
  '"': 'quot',
  "'": '#39',
};
