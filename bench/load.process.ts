/** The load generator's process: takes one job at a time and answers with its result. */
import { runAmqpLoad, type AmqpJob } from './amqp-load.js';
import { runHttpLoad, type HttpJob } from './http-load.js';

process.on('message', (job: HttpJob | AmqpJob) => {
  (job.kind === 'http' ? runHttpLoad(job) : runAmqpLoad(job)).then(
    (result) => process.send?.({ result }),
    (error: unknown) => process.send?.({ failed: String(error) }),
  );
});
process.on('disconnect', () => process.exit());
