/** An answer that was serialised before. */
export interface HotAnswer {
  contentType: string;
  body: string;
  /** Headers of its own, in the order in which the route's controller sets them. */
  headers: Readonly<Record<string, string>>;
}

/**
 * A GET that is answered ahead of the framework where its module has the answer in memory. It must be what the
 * route's controller would answer now, to any caller who may read it.
 */
export interface HotRead {
  /** As the generated routes have it: `/api/v1/tasks/:task_id`. Only its last segment may be a parameter. */
  route: string;
  /** Undefined: the controller answers. */
  find: (lastSegment: string) => HotAnswer | undefined;
}
