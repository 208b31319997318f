import { AppError } from '../../kernel/errors.js';
import type { Principal, Role } from './request-context.js';
import type { Route } from './route-table.js';

const RANK: Readonly<Record<Role, number>> = { client: 0, viewer: 1, operator: 2, admin: 3 };

function isRole(text: string): text is Role {
  return Object.hasOwn(RANK, text);
}

/** admin ⊃ operator ⊃ viewer; `client` stands apart and passes only where it is named. */
export function mayAct(role: Role, allowed: readonly Role[]): boolean {
  if (role === 'client') return allowed.includes('client');
  return allowed.some((least) => least !== 'client' && RANK[role] >= RANK[least]);
}

/** Throws `forbidden` where the principal has none of the roles (each the least that is enough). */
export function requireRole(principal: Principal, allowed: readonly Role[]): void {
  if (mayAct(principal.role, allowed)) return;
  throw new AppError(
    `This needs the role ${allowed.join(' or ')}; the token has the role ${principal.role}`,
    {
      code: 'access.forbidden',
      kind: 'forbidden',
    },
  );
}

/** The roles that a route takes. Throws for one that names none: nothing is open by forgetting. */
export function rolesOf(route: Route): Role[] {
  const roles = route.security.flatMap((alternative) => alternative['token'] ?? []).filter(isRole);
  if (roles.length === 0) throw new Error(`${route.controller.name}.${route.action} names no role`);
  return roles;
}
