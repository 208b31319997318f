/** One setting in force. */
export interface Setting {
  key: string;
  /** As text; null where it is not set. */
  value: string | null;
  secret: boolean;
  source: 'environment' | '.env' | 'default';
  fromFile: boolean;
}
