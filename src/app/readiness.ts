import type { PartState } from '../kernel/part-state.js';

export type Phase = 'starting' | 'ready' | 'stopping';

export interface Readiness {
  /** Whether REST accepts work. */
  ready: boolean;
  status: 'ok' | 'degraded' | 'starting' | 'stopping' | 'down';
  parts: Record<string, PartState>;
}

/** Parts without which no work can be accepted. The others may be away: what they do waits. */
const REQUIRED = new Set(['database', 'workers']);

/** Puts the parts' states together: 200 whenever work is accepted, whatever else is away. */
export function judgeReadiness(phase: Phase, parts: Record<string, PartState>): Readiness {
  if (phase !== 'ready') return { ready: false, status: phase, parts };
  const entries = Object.entries(parts);
  const missing = entries.some(
    ([name, { status }]) => REQUIRED.has(name) && (status === 'down' || status === 'starting'),
  );
  if (missing) return { ready: false, status: 'down', parts };
  const degraded = entries.some(([, { status }]) => status !== 'ok');
  return { ready: true, status: degraded ? 'degraded' : 'ok', parts };
}
