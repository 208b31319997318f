import type { BigIntStats } from 'node:fs';
import { open, stat } from 'node:fs/promises';
import type { FileHandle } from 'node:fs/promises';
import { dataMissing, dataUnreadable } from './aggregate-errors.js';
import { BYTE_ORDER_MARK, containerOf, formatOf, startsWith } from './scan/data-format.js';
import type { Container, DataFormat } from './scan/data-format.js';
import { skipSpace } from './scan/json-bytes.js';

const HEAD_BYTES = 4096;

/** One state of the data file. Any write, replacement or touch gives another `id`. */
export interface DataVersion {
  /** `dev:ino:size:mtimeNs:ctimeNs`. */
  id: string;
  /** `dev:ino`: the same as long as it is the same file. */
  file: string;
  /** Bytes. */
  size: number;
  /** When the file or its entry last changed, epoch ms. */
  changedMs: number;
}

export interface DataForm {
  container: Container;
  /** Of plain data alone: that of others shows when they are unpacked. */
  format: DataFormat;
}

/** The data file, held open: what is read stays one file even when another is put in its place. */
export interface OpenDataset {
  readonly fd: number;
  readonly version: DataVersion;
  /** In what form the data are there, by their first bytes. */
  form(): Promise<DataForm>;
  /** Whether file and path are still what they were when it was opened. */
  unchanged(): Promise<boolean>;
  close(): Promise<void>;
}

/** The version that stands at the path now. Rejects with `reports.data-missing` or `reports.data-unreadable`. */
export async function currentVersion(file: string): Promise<DataVersion> {
  try {
    return versionOf(await stat(file, { bigint: true }));
  } catch (error) {
    throw asDataError(error);
  }
}

/** Rejects like `currentVersion`. */
export async function openDataset(file: string): Promise<OpenDataset> {
  // A pipe would block on being opened, so what it is gets looked at first.
  await currentVersion(file);
  const handle = await open(file, 'r').catch((error: unknown) => {
    throw asDataError(error);
  });
  try {
    return datasetOf(file, handle, versionOf(await handle.stat({ bigint: true })));
  } catch (error) {
    await handle.close();
    throw asDataError(error);
  }
}

function datasetOf(file: string, handle: FileHandle, version: DataVersion): OpenDataset {
  return {
    fd: handle.fd,
    version,
    form: () => formOf(handle),
    async unchanged() {
      const open = versionOf(await handle.stat({ bigint: true }));
      return open.id === version.id && (await currentVersion(file)).id === version.id;
    },
    close: () => handle.close(),
  };
}

/** Reads on until something stands there that is no white space, a block at a time. */
async function formOf(handle: FileHandle): Promise<DataForm> {
  const block = Buffer.alloc(HEAD_BYTES);
  for (let position = 0; ;) {
    const { bytesRead } = await readAt(handle, block, position);
    const head = block.subarray(0, bytesRead);
    const container = position === 0 ? containerOf(head) : 'plain';
    const marked = position === 0 && startsWith(head, BYTE_ORDER_MARK);
    const at = skipSpace(head, marked ? BYTE_ORDER_MARK.length : 0, bytesRead);
    if (at < bytesRead || bytesRead === 0 || container !== 'plain') {
      return { container, format: formatOf(head[at]) };
    }
    position += bytesRead;
  }
}

async function readAt(handle: FileHandle, into: Buffer, position: number): Promise<{ bytesRead: number }> {
  try {
    return await handle.read(into, 0, into.length, position);
  } catch (error) {
    throw asDataError(error);
  }
}

function versionOf(stats: BigIntStats): DataVersion {
  if (!stats.isFile()) throw dataUnreadable('it is not a regular file');
  const { dev, ino, size, mtimeNs, ctimeNs } = stats;
  return {
    id: `${dev}:${ino}:${size}:${mtimeNs}:${ctimeNs}`,
    file: `${dev}:${ino}`,
    size: Number(size),
    changedMs: Number((mtimeNs > ctimeNs ? mtimeNs : ctimeNs) / 1_000_000n),
  };
}

function asDataError(error: unknown): unknown {
  const code = (error as NodeJS.ErrnoException).code;
  if (code === 'ENOENT' || code === 'ENOTDIR') return dataMissing(error);
  return (error as NodeJS.ErrnoException).syscall === undefined
    ? error
    : dataUnreadable(code ?? 'unknown', error);
}
