import { randomSource } from '../../kernel/seeded-random.js';
import { setImmediate as nextTurn } from 'node:timers/promises';

export interface SampleShape {
  /** Number of call attempts, 0 or more. */
  records: number;
  /** Phones are uniform over 0 to `phones` − 1; 1 or more. */
  phones: number;
  /** Equal seeds give equal bytes; its lower 32 bits count. */
  seed: number;
}

const CHUNK_BYTES = 128 * 1024;
/** More than the longest record: three numbers of 16 digits and 50 bytes of keys. */
const RECORD_ROOM = 128;
const FIRST_START_MS = Date.UTC(2023, 0, 1);
const SECONDS_OF_2023 = 365 * 24 * 3600;
const LONGEST_S = 120;

const PHONE_KEY = Buffer.from('{"phone": ');
const START_KEY = Buffer.from(', "start_date": ');
const END_KEY = Buffer.from(', "end_date": ');
const BETWEEN = Buffer.from(', ');

/**
 * A data file in pieces: `[{"phone": 17, "start_date": …, "end_date": …}, …]`. Starts are spread over 2023,
 * durations uniform over 0 to 120 whole seconds. Gives way to the event loop after each piece of about 128 KiB.
 */
export async function* generateAttempts(shape: SampleShape): AsyncGenerator<Buffer, void, undefined> {
  const random = randomSource(shape.seed);
  yield Buffer.from('[');
  for (let written = 0; written < shape.records;) {
    const piece = new Piece();
    while (written < shape.records && piece.hasRoom()) {
      if (written++ > 0) piece.text(BETWEEN);
      writeAttempt(piece, shape.phones, random);
    }
    yield piece.bytes();
    await nextTurn();
  }
  yield Buffer.from(']\n');
}

function writeAttempt(piece: Piece, phones: number, random: () => number): void {
  const start = FIRST_START_MS + Math.floor(random() * SECONDS_OF_2023) * 1000;
  piece.text(PHONE_KEY);
  piece.number(Math.floor(random() * phones));
  piece.text(START_KEY);
  piece.number(start);
  piece.text(END_KEY);
  piece.number(start + Math.floor(random() * (LONGEST_S + 1)) * 1000);
  piece.closeRecord();
}

/** Writes digits straight into bytes; strings in between would cost three times as much. */
class Piece {
  readonly #buffer = Buffer.allocUnsafe(CHUNK_BYTES);
  #length = 0;

  hasRoom(): boolean {
    return this.#length + RECORD_ROOM <= CHUNK_BYTES;
  }

  text(bytes: Buffer): void {
    this.#buffer.set(bytes, this.#length);
    this.#length += bytes.length;
  }

  /** A whole number from 0 to 2^53 − 1. */
  number(value: number): void {
    let digits = 1;
    for (let limit = 10; value >= limit; limit *= 10) digits++;
    let at = this.#length + digits;
    this.#length = at;
    for (let rest = value; digits > 0; digits--) {
      const tens = Math.floor(rest / 10);
      this.#buffer[--at] = 48 + (rest - tens * 10);
      rest = tens;
    }
  }

  closeRecord(): void {
    this.#buffer[this.#length++] = 125;
  }

  bytes(): Buffer {
    return this.#buffer.subarray(0, this.#length);
  }
}
