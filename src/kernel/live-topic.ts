import type { NewEvent } from './event.js';

/** Who is at the other end of a live connection. */
export interface LiveCaller {
  role: 'admin' | 'operator' | 'viewer' | 'client';
  name: string;
  /** The client whose own things a `client` may see. */
  clientId?: string;
}

/**
 * What a module shows on the live channel under one first word. An event belongs to the topics that its subject
 * names: `tasks/<id>` to `tasks` and to `tasks.<id>`.
 */
export interface LiveTopic {
  /** The first word of its topics: `tasks`. */
  name: string;
  /** What a new subscriber of `<name>` sees first, bounded; absent where there is no topic over all subjects. */
  snapshot?: () => Promise<unknown>;
  /**
   * What a new subscriber of `<name>.<key>` sees first. Where there is no such subject: undefined, or a rejection
   * with an `AppError`, which is what the subscriber is told. Absent where subjects have no topics of their own.
   */
  snapshotOf?: (key: string) => Promise<unknown>;
  /**
   * The newest event of each subject, of `<name>.<key>` or all, that is told and never stored, bounded. Who subscribes or
   * resumes gets them in the turn from which on it hears the next ones, as nothing else keeps what was told meanwhile.
   */
  newestTold?: (key: string | undefined) => readonly NewEvent[];
  /**
   * Whether a caller may subscribe to `<name>`, or to `<name>.<key>`. Default: all but the role `client`.
   * Asked once, when somebody subscribes.
   */
  maySee?: (caller: LiveCaller, key: string | undefined) => boolean | Promise<boolean>;
}
