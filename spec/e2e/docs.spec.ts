import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { expect } from 'chai';
import { type DocExample, docExamples, steady } from '../support/doc-examples.js';
import { type Service, startService } from '../support/service.js';

const run = promisify(execFile);
const DOCUMENTS = ['README.md', 'docs/operations.md', 'docs/equipment.md'];
/** The address that the documents use; the service of the spec has a port of its own. */
const WRITTEN_ADDRESS = 'http://127.0.0.1:8000';

describe('the examples of the documents', () => {
  let service: Service;
  let examples: DocExample[];

  before(async function () {
    this.timeout(70_000);
    examples = (await Promise.all(DOCUMENTS.map(docExamples))).flat();
    service = await startService();
  });

  after(async () => {
    await service.stop();
  });

  it('are there', () => {
    expect(examples).to.not.be.empty;
  });

  it('do what is written, and print what is written', async function () {
    this.timeout(60_000);
    for (const { place, command, printed } of examples) {
      const script = command.replaceAll(WRITTEN_ADDRESS, service.url);
      const { stdout } = await run('bash', ['-euo', 'pipefail', '-c', script], { cwd: service.cwd });
      if (printed?.language === 'text') expect(stdout.trim(), place).to.equal(printed.text);
      if (printed?.language === 'json') {
        expect(steady(JSON.parse(stdout)), place).to.deep.equal(steady(JSON.parse(printed.text)));
      }
    }
  });
});
