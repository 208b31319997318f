export { isCron } from './cron.js';
export { createSchedule, type ScheduleOptions } from './create-schedule.js';
export type { Job, JobState, Misfire, Schedule } from './schedule.js';
export { scheduleMigrations } from './schedule.migrations.js';
