import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { completeFile } from '../../tools/complete-openapi.mjs';
import { runTool } from './run-tool.js';

const COMMITTED = 'src/generated';
const FRESH = '.build-generated';
const FILES = ['routes.ts', 'openapi.json'];

/**
 * Generates routes and OpenAPI document anew, beside the committed ones, and compares.
 * @returns {Promise<import('./run-tool.js').Outcome>}
 */
export async function generatedIsFresh() {
  try {
    await mkdir(FRESH, { recursive: true });
    const made = await generate();
    if (!made.ok) return made;
    completeFile(join(FRESH, 'openapi.json'));
    const stale = [];
    for (const file of FILES) if (!(await same(file))) stale.push(join(COMMITTED, file));
    const output = `not what the controllers say: ${stale.join(', ')}; run "npm run generate" and commit`;
    return { ok: stale.length === 0, output };
  } finally {
    await rm(FRESH, { recursive: true, force: true });
  }
}

async function generate() {
  const config = JSON.parse(await readFile('tsoa.json', 'utf8'));
  config.spec.outputDirectory = FRESH;
  config.routes.routesDir = FRESH;
  const path = join(FRESH, 'tsoa.json');
  await writeFile(path, JSON.stringify(config));
  return runTool('tsoa/dist/cli.js', 'spec-and-routes', '--configuration', path);
}

/** @param {string} file */
async function same(file) {
  const [committed, fresh] = await Promise.all([
    readFile(join(COMMITTED, file), 'utf8').catch(() => ''),
    readFile(join(FRESH, file), 'utf8'),
  ]);
  // The fresh routes import from one folder further away.
  return committed === fresh.replaceAll("'./../src/", "'./../");
}
