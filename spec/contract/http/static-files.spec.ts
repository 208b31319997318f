import { expect } from 'chai';
import { readFile, writeFile } from 'node:fs/promises';
import { request } from 'node:http';
import { join } from 'node:path';
import { brotliDecompressSync, gunzipSync } from 'node:zlib';
import { type HttpFixture, startHttp } from '../../support/http-fixture.js';
import { tempFolder } from '../../support/temp-folder.js';

const SCRIPT = `export const words = ${JSON.stringify('all the same '.repeat(500))};\n`;

interface Received {
  status: number;
  headers: Record<string, string | string[] | undefined>;
  bytes: Buffer;
}

describe('static files', () => {
  let fixture: HttpFixture;

  before(async () => {
    const publicDir = await tempFolder();
    await writeFile(join(publicDir, 'index.html'), '<!doctype html><title>Here</title>');
    await writeFile(join(publicDir, 'app.js'), SCRIPT);
    fixture = await startHttp({ publicDir });
  });
  after(() => fixture.http.stop());

  /** Not by fetch, which decodes. */
  function get(path: string, headers: Record<string, string> = {}): Promise<Received> {
    return new Promise((resolve, reject) => {
      const options = { port: fixture.port, host: '127.0.0.1', path, headers, agent: false };
      request(options, (response) => {
        const chunks: Buffer[] = [];
        response.on('data', (chunk: Buffer) => chunks.push(chunk));
        response.on('end', () =>
          resolve({
            status: response.statusCode!,
            headers: response.headers,
            bytes: Buffer.concat(chunks),
          }),
        );
      })
        .on('error', reject)
        .end();
    });
  }

  it('come compressed to those who take that, and say so', async () => {
    const brotli = await get('/app.js', { 'accept-encoding': 'gzip, deflate, br' });
    expect(brotli.headers).to.include({ 'content-encoding': 'br', vary: 'Accept-Encoding' });
    expect(brotliDecompressSync(brotli.bytes).toString()).to.equal(SCRIPT);
    const gzip = await get('/app.js', { 'accept-encoding': 'gzip' });
    expect(gzip.headers['content-encoding']).to.equal('gzip');
    expect(gunzipSync(gzip.bytes).toString()).to.equal(SCRIPT);
    const plain = await get('/app.js');
    expect(plain.headers).not.to.have.property('content-encoding');
    expect(plain.bytes.toString()).to.equal(SCRIPT);
  });

  it('have a tag for each encoding, and are not sent again to those who have them', async () => {
    const headers = { 'accept-encoding': 'br' };
    const first = await get('/app.js', headers);
    const etag = String(first.headers['etag']);
    expect(etag).not.to.equal((await get('/app.js')).headers['etag']);
    const again = await get('/app.js', { ...headers, 'if-none-match': etag });
    expect(again.status).to.equal(304);
    expect(again.bytes).to.have.length(0);
    expect((await get('/app.js', { 'if-none-match': etag })).status).to.equal(200);
  });

  it('stay as they are where they are short', async () => {
    const { headers } = await get('/', { 'accept-encoding': 'br' });
    expect(headers).to.include({ 'content-type': 'text/html; charset=utf-8', 'cache-control': 'no-cache' });
    expect(headers).not.to.have.property('content-encoding');
  });

  it('include the libraries of the page, which may be kept for good', async () => {
    const files = ['public/vendor.js', 'public/vendor-plot.js', 'public/index.html'];
    const vendor = (await Promise.all(files.map((file) => readFile(file, 'utf8')))).join('\n');
    const addresses = [...vendor.matchAll(/['"](?:\.\/)?(vendor\/[^'"]+)['"]/g)].map(
      ([, path]) => `/${path}`,
    );
    expect(addresses.length).to.be.above(5);
    for (const address of addresses) {
      const { status, headers, bytes } = await get(address);
      expect(status, address).to.equal(200);
      expect(headers['cache-control']).to.include('immutable');
      expect(headers['content-type']).to.match(/^text\/(javascript|css); charset=utf-8$/);
      expect(bytes.toString(), 'imports by name need an import map').not.to.match(/from\s*"[^./]/);
      expect(bytes.toString()).not.to.include('sourceMappingURL');
    }
  });
});
