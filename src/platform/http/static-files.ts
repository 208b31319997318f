import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { extname, join, relative, sep } from 'node:path';
import type { Context, Middleware, Next } from 'koa';
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
const MAX_FILES = 500;
const MAX_FILE_BYTES = 8 * 1_048_576;

export interface StaticFile {
  bytes: Buffer;
  type: string;
  etag: string;
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

/** Undefined for a type that is not served. */
export async function loadFile(path: string): Promise<StaticFile | undefined> {
  const type = TYPES[extname(path)];
  if (type === undefined) return undefined;
  const bytes = await readFile(path);
  if (bytes.length > MAX_FILE_BYTES) return undefined;
  return staticFile(bytes, type);
}

export function staticFile(bytes: Buffer, type: string): StaticFile {
  return { bytes, type, etag: `"${createHash('sha256').update(bytes).digest('base64url').slice(0, 27)}"` };
}

/** Answers GET and HEAD of the files; everything else goes on. */
export function serveStatic(files: StaticFiles): Middleware {
  return async (ctx: Context, next: Next): Promise<void> => {
    const file = ctx.method === 'GET' || ctx.method === 'HEAD' ? files.get(ctx.path) : undefined;
    if (!file) return void (await next());
    ctx.state['route'] = 'static';
    sendFile(ctx, file);
  };
}

/** The browser asks again each time, and mostly hears 304: a new version shows at once. */
export function sendFile(ctx: Context, file: StaticFile): void {
  ctx.set('ETag', file.etag);
  ctx.set('Cache-Control', 'no-cache');
  if (isFresh(ctx.request, file.etag)) {
    ctx.status = 304;
    return;
  }
  ctx.body = file.bytes;
  ctx.type = file.type;
}
