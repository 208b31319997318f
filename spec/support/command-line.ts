import { parseArgs } from 'node:util';

interface Described {
  /** What it is, for the usage. */
  means: string;
}

/** `--name`: true where it is given. */
interface Flag extends Described {
  kind: 'flag';
}

/** `--name TEXT`: undefined where it is not given. */
interface Text extends Described {
  kind: 'text';
}

/** `--name N`: a whole number within bounds, else the default; undefined without one. */
interface Whole extends Described {
  kind: 'whole';
  least: number;
  /** By default the largest whole number that is exact. */
  most?: number;
  default?: number;
}

/** `--name WORD`: one of some words, else the default. */
interface Word extends Described {
  kind: 'word';
  of: readonly string[];
  default: string;
}

type Option = Flag | Text | Whole | Word;
type Options = Readonly<Record<string, Option>>;

type ValueOf<O extends Option> = O extends Flag
  ? boolean
  : O extends Text
    ? string | undefined
    : O extends Word
      ? O['of'][number]
      : O extends { default: number }
        ? number
        : number | undefined;

export interface Command<Taken extends Options = Options> {
  /** How it is called: `npm run fuzz`. */
  call: string;
  /** What it does, in a sentence or two. */
  does: string;
  /** The words that it takes without an option, any number of them; none where this is not given. */
  names?: Described & { of: readonly string[] };
  options: Taken;
}

export interface Given<Taken extends Options> {
  names: string[];
  values: { [Name in keyof Taken]: ValueOf<Taken[Name]> };
}

/** Why arguments were refused, in one line. */
export class UsageError extends Error {}

const EXIT_USAGE = 2;

/** What the process was called with. `--help` shows the usage and ends it with 0, a wrong argument one line and ends it with 2. */
export function commandLine<const Taken extends Options>(
  command: Command<Taken>,
  args: readonly string[] = process.argv.slice(2),
): Given<Taken> {
  try {
    if (!asksForHelp(args)) return readArguments(command, args);
    console.log(usageOf(command));
    return process.exit(0);
  } catch (error) {
    return refuse(command.call, error);
  }
}

/** Ends the process where its arguments were at fault; throws any other error again. */
export function refuse(call: string, error: unknown): never {
  if (!(error instanceof UsageError)) throw error;
  console.error(`${call}: ${error.message}; --help tells more`);
  return process.exit(EXIT_USAGE);
}

/** Throws a `UsageError` that names the argument, what was expected and what came. */
export function readArguments<const Taken extends Options>(
  { names, options }: Command<Taken>,
  args: readonly string[],
): Given<Taken> {
  const given = new Map<string, string | undefined>();
  const words: string[] = [];
  const types = Object.entries(options).map(([name, { kind }]) => [name, { type: typeOf(kind) }] as const);
  const { tokens } = parseArgs({
    ...{ args: [...args], options: Object.fromEntries(types) },
    ...{ strict: false, allowPositionals: true, tokens: true },
  });
  for (const token of tokens) {
    if (token.kind === 'positional') words.push(known('argument', token.value, names?.of ?? []));
    if (token.kind !== 'option') continue;
    known('option', token.rawName, Object.keys(options).map(dashed));
    given.set(token.name, token.value ?? (options[token.name]!.kind === 'flag' ? undefined : ''));
  }
  const values = Object.entries(options).map(([name, option]) => [name, read(name, option, given)]);
  return { names: words, values: Object.fromEntries(values) as Given<Taken>['values'] };
}

/** What `--help` shows. */
export function usageOf({ call, does, names, options }: Command): string {
  const rows = Object.entries(options).map(([name, option]): [string, string] => [
    `${dashed(name)}${PLACEHOLDER[option.kind]}`,
    `${option.means}${boundsOf(option)}`,
  ]);
  if (names) rows.unshift(['NAME …', `${names.means}: ${names.of.join(', ')}`]);
  rows.push(['--help', 'shows this']);
  const width = Math.max(...rows.map(([what]) => what.length));
  return [
    `Usage: ${call} --${names ? ' [NAME …]' : ''} [OPTION …]`,
    ...['', does, ''],
    ...rows.map(([what, means]) => `  ${what.padEnd(width)}  ${means}`),
  ].join('\n');
}

const PLACEHOLDER: Readonly<Record<Option['kind'], string>> = {
  flag: '',
  text: ' TEXT',
  whole: ' N',
  word: ' WORD',
};

function asksForHelp(args: readonly string[]): boolean {
  return args.includes('--help') || args.includes('-h');
}

function typeOf(kind: Option['kind']): 'boolean' | 'string' {
  return kind === 'flag' ? 'boolean' : 'string';
}

function dashed(name: string): string {
  return `--${name}`;
}

function known(what: string, word: string, among: readonly string[]): string {
  if (among.includes(word)) return word;
  const expected = among.length > 0 ? `must be one of ${among.join(', ')}` : 'is not expected';
  throw new UsageError(`the ${what} ${expected}, got "${word}"`);
}

function read(
  name: string,
  option: Option,
  given: ReadonlyMap<string, string | undefined>,
): string | number | boolean | undefined {
  const text = given.get(name);
  if (option.kind === 'flag') {
    if (text !== undefined) throw new UsageError(`${dashed(name)} takes no value, got "${text}"`);
    return given.has(name);
  }
  if (text === undefined) return option.kind === 'text' ? undefined : option.default;
  if (option.kind === 'whole') return wholeOf(name, option, text);
  const isFit = option.kind === 'word' ? option.of.includes(text) : text !== '';
  if (isFit) return text;
  const expected = option.kind === 'word' ? `one of ${option.of.join(', ')}` : 'a text';
  throw new UsageError(`${dashed(name)} must be ${expected}, got "${text}"`);
}

function wholeOf(name: string, { least, most = Number.MAX_SAFE_INTEGER }: Whole, text: string): number {
  const value = /^\d+$/.test(text) ? Number(text) : NaN;
  if (value >= least && value <= most) return value;
  const bounds = most === Number.MAX_SAFE_INTEGER ? `from ${least}` : `from ${least} to ${most}`;
  throw new UsageError(`${dashed(name)} must be a whole number ${bounds}, got "${text}"`);
}

function boundsOf(option: Option): string {
  if (option.kind === 'word') return `: ${option.of.join(', ')} (default ${option.default})`;
  if (option.kind !== 'whole' || option.default === undefined) return '';
  return ` (default ${option.default})`;
}
