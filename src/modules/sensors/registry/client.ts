/** Whoever owns sensors. */
export interface Client {
  id: string;
  /** Unique among those that are not deleted. */
  name: string;
  version: number;
  createdAt: number;
  createdBy: string;
}
