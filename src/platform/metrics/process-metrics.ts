import { readdir } from 'node:fs/promises';
import type { NodeGCPerformanceDetail, PerformanceEntry } from 'node:perf_hooks';
import { PerformanceObserver, constants, performance } from 'node:perf_hooks';
import { Counter, Gauge, Histogram } from 'prom-client';
import type { Registry } from 'prom-client';

const GC_KINDS: Readonly<Record<number, string>> = {
  [constants.NODE_PERFORMANCE_GC_MAJOR]: 'major',
  [constants.NODE_PERFORMANCE_GC_MINOR]: 'minor',
  [constants.NODE_PERFORMANCE_GC_INCREMENTAL]: 'incremental',
  [constants.NODE_PERFORMANCE_GC_WEAKCB]: 'weakcb',
};
const GC_BUCKETS_S = [0.001, 0.005, 0.01, 0.05, 0.1, 0.5, 1];

/** The process under the names that ready-made dashboards know, in parts that can be stopped. */
export function addProcessMetrics(registry: Registry): { start(): void; stop(): void } {
  addMemory(registry);
  addCpu(registry);
  addResources(registry);
  addFacts(registry);
  return followGarbageCollector(registry);
}

function addMemory(registry: Registry): void {
  const shown = {
    rss: 'process_resident_memory_bytes',
    heapTotal: 'nodejs_heap_size_total_bytes',
    heapUsed: 'nodejs_heap_size_used_bytes',
    external: 'nodejs_external_memory_bytes',
    arrayBuffers: 'nodejs_array_buffers_bytes',
  } as const;
  for (const [member, name] of Object.entries(shown) as [keyof typeof shown, string][]) {
    const help = `Memory of the process: ${member} of process.memoryUsage().`;
    readGauge(registry, name, help, () => process.memoryUsage()[member]);
  }
}

function addCpu(registry: Registry): void {
  const seen = { user: 0, system: 0 };
  for (const kind of ['user', 'system'] as const) {
    const counter: Counter = new Counter({
      name: `process_cpu_${kind}_seconds_total`,
      help: `Processor time of all threads, ${kind}.`,
      registers: [registry],
      collect() {
        const now = process.cpuUsage()[kind];
        counter.inc(Math.max(0, now - seen[kind]) / 1e6);
        seen[kind] = now;
      },
    });
  }
}

function addResources(registry: Registry): void {
  readGauge(
    registry,
    'nodejs_active_resources_total',
    'What keeps the event loop alive.',
    () => process.getActiveResourcesInfo().length,
  );
  const descriptors = new Gauge({
    name: 'process_open_fds',
    help: 'Open file descriptors; only where the system tells.',
    registers: [registry],
    async collect() {
      const names = await readdir('/proc/self/fd').catch(() => undefined);
      if (names) descriptors.set(names.length);
      else descriptors.remove();
    },
  });
}

function addFacts(registry: Registry): void {
  const started = performance.timeOrigin / 1_000;
  readGauge(registry, 'process_start_time_seconds', 'When the process began, Unix time.', () => started);
  new Gauge({
    name: 'nodejs_version_info',
    help: 'The version of Node.',
    labelNames: ['version'],
    registers: [registry],
  }).set({ version: process.version }, 1);
}

function readGauge(registry: Registry, name: string, help: string, read: () => number): void {
  const gauge: Gauge = new Gauge({
    name,
    help,
    registers: [registry],
    collect: () => gauge.set(read()),
  });
}

function followGarbageCollector(registry: Registry): { start(): void; stop(): void } {
  const durations = new Histogram({
    name: 'nodejs_gc_duration_seconds',
    help: 'Pauses of the garbage collector, by kind.',
    labelNames: ['kind'],
    buckets: GC_BUCKETS_S,
    registers: [registry],
  });
  let observer: PerformanceObserver | undefined;
  return {
    start() {
      if (observer) return;
      observer = new PerformanceObserver((list) => {
        for (const entry of list.getEntries()) {
          const { duration, detail } = entry as PerformanceEntry & { detail: NodeGCPerformanceDetail };
          const kind = GC_KINDS[detail.kind ?? -1] ?? 'other';
          durations.observe({ kind }, duration / 1_000);
        }
      });
      observer.observe({ entryTypes: ['gc'] });
    },
    stop() {
      observer?.disconnect();
      observer = undefined;
    },
  };
}
