import { readFile } from 'node:fs/promises';

/** The kernel counts in hundredths of a second. */
const TICK_US = 10_000;

/** Processor time of all threads of a process so far, in µs. 0 where the system does not tell (no /proc). */
export async function processCpuUs(pid: number): Promise<number> {
  const text = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => '');
  // The name, in brackets, may hold anything; user and system time are the 12th and 13th field after it.
  const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
  return text === '' ? 0 : (Number(fields[11]) + Number(fields[12])) * TICK_US;
}
