import { spawn } from 'node:child_process';

/** @typedef {{ ok: boolean, output: string }} Outcome */

/**
 * Runs a tool of node_modules and keeps what it prints.
 * @param {string} script path of its JavaScript entry
 * @param {string[]} args
 * @returns {Promise<Outcome>}
 */
export function runTool(script, ...args) {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [`node_modules/${script}`, ...args], {
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    /** @type {Buffer[]} */
    const chunks = [];
    child.stdout.on('data', (chunk) => chunks.push(chunk));
    child.stderr.on('data', (chunk) => chunks.push(chunk));
    child.on('error', reject);
    child.on('close', (code) => resolve({ ok: code === 0, output: Buffer.concat(chunks).toString() }));
  });
}
