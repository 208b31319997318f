/** `tasks` or `tasks.<key>`, taken apart. */
export interface TopicName {
  /** As it was written. */
  topic: string;
  name: string;
  /** Undefined for the topic over all subjects. */
  key: string | undefined;
}

const TOPIC = /^(?<name>[a-z][a-z0-9-]{0,63})(?:\.(?<key>[\x21-\x7e]{1,255}))?$/;

/** Undefined where the text is no topic's name. */
export function parseTopic(topic: string): TopicName | undefined {
  const groups = TOPIC.exec(topic)?.groups;
  return groups && { topic, name: groups['name']!, key: groups['key'] };
}

/** The topics that an event belongs to: the one over all subjects, and its subject's own. */
export function topicsOf(subject: string): string[] {
  const slash = subject.indexOf('/');
  if (slash < 0) return [subject];
  return [subject.slice(0, slash), `${subject.slice(0, slash)}.${subject.slice(slash + 1)}`];
}
