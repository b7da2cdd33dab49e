import { randomBytes } from 'node:crypto';
import { type Clock, timestamp } from '../clock';
import type { TokenReader } from './authenticator';
import { serviceAccount } from './rbac';
import type { User } from './user';

/** A user that the settings name, with a token of its own. */
export interface TokenUser extends User {
  readonly token: string;
}

export const knownTokens =
  (users: () => readonly TokenUser[]): TokenReader =>
  async (token) => {
    const found = users().find((user) => user.token === token);
    if (!found) return undefined;
    return { name: found.name, groups: [...new Set([...found.groups, 'system:authenticated'])] };
  };

/** Seconds; the least and the default of the TokenRequest API. */
const SHORTEST = 600;
const DEFAULT = 3_600;

/** Tokens of service accounts (`kubectl create token`), in memory only: they end with the cluster, or when their time is over. */
export class AccountTokens {
  private readonly issued = new Map<string, { readonly user: User; readonly until: number }>();

  constructor(private readonly clock: Clock) {}

  /** `seconds` as asked for; gives the token and when it ends (RFC 3339). */
  issue(namespace: string, name: string, seconds = DEFAULT): { token: string; expirationTimestamp: string } {
    const token = `slipway-account.${randomBytes(24).toString('base64url')}`;
    const until = this.clock.now() + Math.max(seconds, SHORTEST) * 1000;
    this.issued.set(token, { user: serviceAccount(namespace, name), until });
    return { token, expirationTimestamp: timestamp(until) };
  }

  readonly read: TokenReader = async (token) => {
    const found = this.issued.get(token);
    return found && found.until > this.clock.now() ? found.user : undefined;
  };
}
