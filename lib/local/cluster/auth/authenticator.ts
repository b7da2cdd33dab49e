import { createHash, timingSafeEqual } from 'node:crypto';
import type { User } from './user';

/** Tells who a bearer token belongs to; undefined: nobody. */
export type TokenReader = (token: string) => Promise<User | undefined>;

const ADMIN: User = { name: 'slipway:admin', groups: ['system:masters', 'system:authenticated'] };

/** Reads the Authorization header: the administrator's token, then whatever the other readers know. */
export class Authenticator {
  constructor(
    private readonly adminToken: string,
    private readonly readers: readonly TokenReader[],
    /** Groups that an access entry gives a user. */
    private readonly groupsOf: (name: string) => readonly string[] = () => [],
  ) {}

  async user(authorization: string | undefined): Promise<User | undefined> {
    const token = /^Bearer (.+)$/i.exec(authorization ?? '')?.[1];
    if (token === undefined) return undefined;
    if (same(token, this.adminToken)) return ADMIN;
    for (const read of this.readers) {
      const user = await read(token);
      if (user) return { ...user, groups: [...new Set([...this.groupsOf(user.name), ...user.groups])] };
    }
    return undefined;
  }
}

export const isAdmin = (user: User): boolean => user === ADMIN;

/** In constant time. */
const same = (a: string, b: string): boolean => timingSafeEqual(digest(a), digest(b));
const digest = (text: string): Buffer => createHash('sha256').update(text).digest();
