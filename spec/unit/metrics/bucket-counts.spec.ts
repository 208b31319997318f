import { expect } from 'chai';
import fc from 'fast-check';
import { Histogram, type Metric, Registry } from 'prom-client';
import { BucketCounts } from '../../../src/platform/metrics/bucket-counts.js';

const LABELS = ['route', 'status'];
const BOUNDS = [0.001, 0.1, 1, 10];

const observations = fc.array(
  fc.record({
    value: fc.oneof(fc.constantFrom(...BOUNDS), fc.double({ min: -5, max: 20, noNaN: true })),
    labels: fc.record({ route: fc.constantFrom('/a', '/b"\\\n'), status: fc.constantFrom(200, 404) }),
  }),
);

describe('histograms', () => {
  it('are told as prom-client tells its own, byte for byte', async () => {
    const property = fc.asyncProperty(observations, async (observed) => {
      const [ours, theirs] = [new Registry(), new Registry()];
      const own = new BucketCounts('time', 'Time.', LABELS, BOUNDS);
      ours.registerMetric(own as unknown as Metric);
      const peer = { name: 'time', help: 'Time.', labelNames: LABELS, buckets: BOUNDS, registers: [theirs] };
      const their = new Histogram(peer);
      for (const { value, labels } of observed) {
        own.observe(value, labels);
        their.observe(labels, value);
      }
      expect(await ours.metrics()).to.equal(await theirs.metrics());
    });
    await fc.assert(property, { numRuns: 200 });
  });

  it('without labels are there from the start', async () => {
    const registry = new Registry();
    registry.registerMetric(new BucketCounts('time', 'Time.', [], [1]) as unknown as Metric);
    expect(await registry.metrics())
      .to.include('time_bucket{le="+Inf"} 0\n')
      .and.include('time_count 0');
  });

  it('refuse what is no finite number, and labels that were not declared', () => {
    const own = new BucketCounts('time', 'Time.', LABELS, BOUNDS);
    expect(() => own.observe(NaN, { route: '/a' })).to.throw(TypeError, 'time takes finite numbers');
    expect(() => own.observe(1, { path: '/a' })).to.throw('time has no label path');
  });
});
