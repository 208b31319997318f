import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { installedPackage } from './package-files.js';
import { staticFile, type StaticFile } from './static-files.js';

/** One file of an installed package that browsers get. */
interface VendorFile {
  package: string;
  file: string;
  /** Its name under `/vendor/<package>@<version>/`. */
  as: string;
  /** Makes a module of it that a browser can load without an import map; gets the addresses of the others. */
  adapt?: (text: string, addressOf: (as: string) => string) => string;
}

const VENDOR: readonly VendorFile[] = [
  { package: 'preact', file: 'dist/preact.mjs', as: 'preact.js' },
  {
    package: 'preact',
    file: 'hooks/dist/hooks.mjs',
    as: 'hooks.js',
    adapt: (text, addressOf) => replaced(text, 'from"preact"', `from"${addressOf('preact.js')}"`),
  },
  { package: 'htm', file: 'dist/htm.module.js', as: 'htm.js' },
  {
    package: 'uplot',
    file: 'dist/uPlot.iife.min.js',
    as: 'uplot.js',
    adapt: (text) => `${text}\nexport default uPlot;\n`,
  },
  { package: 'uplot', file: 'dist/uPlot.min.css', as: 'uplot.css' },
];

/**
 * The libraries of the page, from their packages, under addresses that name their version: a browser keeps them
 * for good. An update changes the addresses, and the page's `vendor.js` with them.
 */
export async function loadVendorFiles(): Promise<ReadonlyMap<string, StaticFile>> {
  const versions = new Map<string, string>();
  for (const { package: name } of VENDOR) versions.set(name, await versionOf(name));
  const addressOf = (as: string): string => {
    const { package: name } = VENDOR.find((entry) => entry.as === as)!;
    return `/vendor/${name}@${versions.get(name)!}/${as}`;
  };
  const files = new Map<string, StaticFile>();
  for (const entry of VENDOR) files.set(addressOf(entry.as), await load(entry, addressOf));
  return files;
}

async function load(entry: VendorFile, addressOf: (as: string) => string): Promise<StaticFile> {
  const text = await readFile(join(installedPackage(entry.package), entry.file), 'utf8');
  const withoutMap = text.replace(/\n\/\/# sourceMappingURL=.*\s*$/, '\n');
  const adapted = entry.adapt?.(withoutMap, (as) => relativeTo(addressOf(entry.as), addressOf(as)));
  return staticFile(entry.as, Buffer.from(adapted ?? withoutMap), { immutable: true })!;
}

/** The page may be served below a path of somebody's proxy, so nothing says where the root is. */
function relativeTo(from: string, to: string): string {
  return `${'../'.repeat(from.split('/').length - 2)}${to.slice(1)}`;
}

async function versionOf(name: string): Promise<string> {
  const text = await readFile(join(installedPackage(name), 'package.json'), 'utf8');
  return (JSON.parse(text) as { version: string }).version;
}

function replaced(text: string, from: string, to: string): string {
  if (!text.includes(from)) throw new Error(`a library of the page has changed: ${from} is not in it`);
  return text.replaceAll(from, to);
}
