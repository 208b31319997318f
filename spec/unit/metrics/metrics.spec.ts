import { expect } from 'chai';
import { createMetrics } from '../../../src/platform/metrics/metrics.js';
import { waitFor } from '../../support/wait-for.js';

function valueOf(text: string, name: string): number {
  const line = text.split('\n').find((l) => l.startsWith(`${name} `));
  return Number(line?.slice(name.length + 1));
}

describe('metrics', () => {
  it('count, show and observe in the text format of Prometheus', async () => {
    const metrics = createMetrics();
    metrics.counter('jobs_total', 'Jobs.', ['state']).inc({ state: 'completed' }, 2);
    metrics.gauge('depth', 'Depth.', ['queue']).set(7, { queue: 'a' });
    metrics.histogram('job_seconds', 'Time.', ['kind'], [0.1, 1]).observe(0.5, { kind: 'report' });
    const text = await metrics.text();
    expect(valueOf(text, 'jobs_total{state="completed"}')).to.equal(2);
    expect(valueOf(text, 'depth{queue="a"}')).to.equal(7);
    expect(valueOf(text, 'job_seconds_bucket{le="0.1",kind="report"}')).to.equal(0);
    expect(valueOf(text, 'job_seconds_bucket{le="1",kind="report"}')).to.equal(1);
    expect(metrics.contentType).to.match(/^text\/plain;.*version=0\.0\.4/);
  });

  it('leave out a gauge that cannot be read, and show the rest', async () => {
    const metrics = createMetrics();
    let broken = false;
    metrics.gauge('odd', 'Odd.', () => {
      if (broken) throw new Error('away');
      return 5;
    });
    metrics.gauge('even', 'Even.', []).set(2);
    expect(valueOf(await metrics.text(), 'odd')).to.equal(5);
    broken = true;
    const text = await metrics.text();
    expect(valueOf(text, 'odd')).to.be.NaN;
    expect(valueOf(text, 'even')).to.equal(2);
  });

  it('of one process part are not those of another', async () => {
    const [one, other] = [createMetrics(), createMetrics()];
    one.counter('jobs_total', 'Jobs.').inc();
    other.counter('jobs_total', 'Jobs.').inc({}, 9);
    expect(valueOf(await one.text(), 'jobs_total')).to.equal(1);
  });

  it('tell about the process', async () => {
    const text = await createMetrics().text();
    expect(valueOf(text, 'process_resident_memory_bytes')).to.be.above(1e7);
    expect(valueOf(text, 'process_cpu_user_seconds_total')).to.be.above(0);
    expect(valueOf(text, 'process_start_time_seconds')).to.be.within(1e9, Date.now() / 1000);
    expect(text).to.include(`nodejs_version_info{version="${process.version}"} 1`);
  });

  it('show how late a blocked event loop ran, and nothing for one that is idle', async () => {
    const metrics = createMetrics();
    const delay = async (which: string) =>
      valueOf(await metrics.text(), `switchyard_event_loop_delay_${which}_seconds`);
    metrics.start();
    metrics.start();
    try {
      await waitFor('a delay as long as the block', async () => {
        const end = Date.now() + 80;
        while (Date.now() < end);
        const late = await delay('max');
        return late > 0.06 && late < 1;
      });
      await waitFor('a quiet loop', async () => (await delay('p99')) < 0.02);
      await waitFor('a median below the resolution', async () => (await delay('p50')) < 0.001);
    } finally {
      metrics.stop();
      metrics.stop();
    }
  });
});
