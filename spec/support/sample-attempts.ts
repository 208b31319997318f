import { generateAttempts } from '../../src/modules/reports/generate-attempts.js';

/** A generated data file over 200 phones, as bytes. */
export async function bytesOf(records: number, seed = 1): Promise<Buffer> {
  const pieces: Buffer[] = [];
  for await (const piece of generateAttempts({ records, phones: 200, seed })) pieces.push(piece);
  return Buffer.concat(pieces);
}

/** One attempt of a phone that lasted so long, as JSON. */
export function recordOf(phone: number, seconds: number): string {
  return `{"phone":${phone},"start_date":1682632740000,"end_date":${1682632740000 + seconds * 1000}}`;
}
