import type { IncomingMessage } from 'node:http';
import { AppError } from '../../kernel/errors.js';

export function hasBody({ headers }: IncomingMessage): boolean {
  return Number(headers['content-length'] ?? 0) !== 0 || headers['transfer-encoding'] !== undefined;
}

/** The bytes of a body. Throws `too-large` (more than `limitBytes`) or `unreadable` (cut off). */
export async function readBytes(request: IncomingMessage, limitBytes: number): Promise<Buffer> {
  if (Number(request.headers['content-length'] ?? 0) > limitBytes) throw tooLarge(limitBytes);
  return new Promise((resolve, reject) => {
    if (request.destroyed) return reject(unreadable('The body was cut off'));
    const chunks: Buffer[] = [];
    let length = 0;
    const settle = (act: () => void): void => {
      request.off('data', onData).off('end', onEnd).off('error', onCut).off('close', onCut);
      act();
    };
    const onData = (chunk: Buffer): void => {
      length += chunk.length;
      if (length > limitBytes) return settle(() => reject(tooLarge(limitBytes)));
      chunks.push(chunk);
    };
    const onEnd = (): void => settle(() => resolve(Buffer.concat(chunks, length)));
    const onCut = (): void => settle(() => reject(unreadable('The body was cut off')));
    request.on('data', onData).on('end', onEnd).on('error', onCut).on('close', onCut);
  });
}

function tooLarge(limitBytes: number): AppError {
  return new AppError(`The body is larger than ${limitBytes} bytes`, {
    code: 'request.too-large',
    kind: 'too-large',
  });
}

export function unreadable(message: string): AppError {
  return new AppError(message, { code: 'request.unreadable', kind: 'unreadable' });
}
