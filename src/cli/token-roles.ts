import type { TokenRole } from '../modules/access/index.js';

/** Here too, so that the help needs none of the service's libraries; the types see that both are the same. */
const EVERY_ROLE: Record<TokenRole, true> = { admin: true, operator: true, viewer: true, client: true };

export const ROLE_CHOICES = Object.keys(EVERY_ROLE);
