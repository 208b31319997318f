/** One request to be made. */
export interface Post {
  /** Whose connections are used. */
  endpoint: string;
  url: string;
  /** The `webhook-id`. */
  id: string;
  body: string;
  /** `whsec_…`, the newest first. */
  secrets: readonly string[];
}

/** What came of it: a status, or an error where none came. */
export interface Answer {
  status?: number;
  error?: string;
  /** The beginning of the answer's body, at most 4 KiB. */
  excerpt?: string;
  retryAfterMs?: number;
}

export interface WebhookClient {
  /** Never rejects: what went wrong is the answer. */
  send: (post: Post) => Promise<Answer>;
  /** Ends all requests under way; they have no answer. */
  cutOff: () => void;
  /** Closes the connections of an endpoint; one that is used again gets new ones. */
  forget: (endpoint: string) => void;
  stop: () => Promise<void>;
}
