import { createServer, type Server } from 'node:http';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { expect } from 'chai';
import { messageOf } from '../../../src/kernel/errors.js';
import { chromium } from '../../support/chromium.js';

describe('chromium', () => {
  let server: Server;
  let url: string;
  let script = '';

  before(async function () {
    this.timeout(180_000);
    await chromium();
    server = createServer((_request, response) => {
      response.setHeader('content-type', 'text/html');
      response.end(`<link rel="icon" href="data:,"><h1>here</h1><script>${script}</script>`);
    }).listen(0, '127.0.0.1');
    await once(server, 'listening');
    url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  });

  after(async () => {
    server.closeAllConnections();
    server.close();
    await once(server, 'close');
  });

  async function visit(withScript: string): Promise<string | undefined> {
    script = withScript;
    const checked = await (await chromium()).newPage(url);
    const { page } = checked;
    await page.goto('/');
    expect(await page.textContent('h1')).to.equal('here');
    await page.waitForFunction('document.readyState === "complete"');
    return checked.close().then(() => undefined, messageOf);
  }

  it('shows a page without faults', async () => {
    expect(await visit('console.log("fine")')).to.equal(undefined);
  });

  it('reports errors on the console, errors thrown, and requests to other hosts', async () => {
    expect(await visit('console.error("odd")')).to.contain('console: odd');
    expect(await visit('throw new Error("wrong")')).to.contain('thrown: wrong');
    expect(await visit('new Image().src = "http://example.invalid/x.png"')).to.contain(
      'asked another host: http://example.invalid/x.png',
    );
  });
});
