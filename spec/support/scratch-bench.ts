import { openEmbedded, openRabbit, running, to } from '../contract/broker/harness.js';
import { waitFor } from './wait-for.js';
const which = process.argv[2]; const total = Number(process.argv[3] ?? 20000); const inFlight = Number(process.argv[4] ?? 200);
const h = which === 'rabbit' ? await openRabbit() : await openEmbedded();
const q = h.queue();
const b = await running(h, [q]);
const body = '{"correlation_id": 13242421424214, "phones": [1,2,3,4,5,6,7,8,9,10]}';
async function publish(n: number) { let next = 0; await Promise.all(Array.from({ length: inFlight }, async () => { while (next++ < n) await b.publish(to(q, body)); })); }
await publish(2000);
let t = performance.now(); await publish(total); let s = (performance.now() - t) / 1000;
console.log(which, 'publish', Math.round(total / s), '/s', 'in flight', inFlight);
let n = 0; t = performance.now();
const c = b.consume({ queue: q, prefetch: 200 }, () => { n++; return { kind: 'taken' }; });
await waitFor('all', async () => n >= total + 2000, { timeoutMs: 60000 });
s = (performance.now() - t) / 1000;
console.log(which, 'consume+commit+ack', Math.round(n / s), '/s'); 
await c.stop(); await h.close();
const { stopSharedServers } = await import('./shared-server.js'); await stopSharedServers();
