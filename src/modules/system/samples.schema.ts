/** One row a minute a replica, kept for a day. */
export interface SamplesSchema {
  system_samples: {
    minute: number;
    replica: string;
    completed: number;
    failed: number;
    cancelled: number;
    latency: string;
    waiting: number;
    running: number;
    /** JSON object. */
    queues: string;
    /** Microseconds, as columns hold whole numbers. */
    loop_delay_us: number;
  };
}
