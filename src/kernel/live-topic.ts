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
   * What a new subscriber of `<name>.<key>` sees first; undefined where there is no such subject. Absent where
   * subjects have no topics of their own.
   */
  snapshotOf?: (key: string) => Promise<unknown>;
}
