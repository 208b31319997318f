export type { DeadLetterBox, NewDeadLetter } from '../../kernel/dead-letter.js';
