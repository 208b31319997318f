import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { extname, join, relative, sep } from 'node:path';
import type { Context, Middleware, Next } from 'koa';
import { encodings, type EncodedBody, type Encoding } from './encodings.js';
import { isFresh } from './etag.js';

const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.json': 'application/json',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.ico': 'image/x-icon',
  '.woff2': 'font/woff2',
  '.txt': 'text/plain; charset=utf-8',
};
/** What a browser may show as a page of its own, and what a policy for pages is about. */
const DOCUMENTS = new Set(['text/html; charset=utf-8', 'image/svg+xml']);
const FOR_DOCUMENTS = [
  'Content-Security-Policy',
  'Cross-Origin-Opener-Policy',
  'Referrer-Policy',
  'X-Frame-Options',
] as const;
/** Compressed already. */
const DENSE = new Set(['image/png', 'font/woff2']);
const MAX_FILES = 500;
const MAX_FILE_BYTES = 8 * 1_048_576;

export interface StaticFile {
  type: string;
  etag: string;
  /** Its address changes with its content, so that it may be kept for good. */
  immutable: boolean;
  /** The bytes, in the encoding asked for where that makes them shorter. */
  encoded: (encoding: Encoding | undefined) => Promise<EncodedBody>;
}

/** By URL path. */
export type StaticFiles = ReadonlyMap<string, StaticFile>;

/**
 * Reads a folder once. Requests are then looked up by name in memory, so that no path of a request
 * ever reaches the file system. Files of other types, large ones and dot files are left out.
 */
export async function loadStaticFiles(folder: string): Promise<StaticFiles> {
  const files = new Map<string, StaticFile>();
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  for (const entry of entries.slice(0, MAX_FILES)) {
    const path = join(entry.parentPath, entry.name);
    const file = entry.isFile() && !entry.name.startsWith('.') ? await loadFile(path) : undefined;
    if (file) files.set(`/${relative(folder, path).split(sep).join('/')}`, file);
  }
  const index = files.get('/index.html');
  if (index) files.set('/', index);
  return files;
}

/** Undefined for a type that is not served, and for a file that is too large. */
export async function loadFile(path: string): Promise<StaticFile | undefined> {
  return TYPES[extname(path)] === undefined ? undefined : staticFile(path, await readFile(path));
}

/** A file of which only the name's extension matters. Undefined as `loadFile`. */
export function staticFile(
  name: string,
  bytes: Buffer,
  { immutable = false }: { immutable?: boolean } = {},
): StaticFile | undefined {
  const type = TYPES[extname(name)];
  if (type === undefined || bytes.length > MAX_FILE_BYTES) return undefined;
  const etag = createHash('sha256').update(bytes).digest('base64url').slice(0, 27);
  return { type, etag, immutable, encoded: encodings(bytes, !DENSE.has(type)) };
}

/** Answers GET and HEAD of the files; everything else goes on. */
export function serveStatic(files: StaticFiles): Middleware {
  return async (ctx: Context, next: Next): Promise<void> => {
    const file = ctx.method === 'GET' || ctx.method === 'HEAD' ? files.get(ctx.path) : undefined;
    if (!file) return void (await next());
    ctx.state['route'] = 'static';
    await sendFile(ctx, file);
  };
}

/**
 * Sends a file, compressed where the caller takes that. One that is not immutable is asked for again each time, and
 * mostly answered with 304: a new version shows at once.
 */
export async function sendFile(ctx: Context, file: StaticFile): Promise<void> {
  const { encoding, bytes } = await file.encoded(encodingFor(ctx));
  // Each encoding is a representation of its own.
  const etag = `"${file.etag}${encoding ? `-${encoding}` : ''}"`;
  ctx.set('ETag', etag);
  ctx.set('Vary', 'Accept-Encoding');
  ctx.set('Cache-Control', file.immutable ? 'public, max-age=31536000, immutable' : 'no-cache');
  if (isFresh(ctx.request, etag)) {
    ctx.status = 304;
    return;
  }
  // The page is many small files: without these, its first view is a fifth lighter.
  if (!DOCUMENTS.has(file.type)) FOR_DOCUMENTS.forEach((name) => ctx.remove(name));
  if (encoding) ctx.set('Content-Encoding', encoding);
  ctx.body = bytes;
  ctx.type = file.type;
}

/** Brotli where it is taken at all: browsers list it last, and it is the shortest. */
function encodingFor(ctx: Context): Encoding | undefined {
  return (['br', 'gzip'] as const).find((encoding) => ctx.acceptsEncodings(encoding) === encoding);
}
