import { createHash, randomBytes } from 'node:crypto';
import type { Principal } from './service';

/** A key pair of a role's session, as AssumeRole gives it. */
export interface Credentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken: string;
}

/** A key pair without a session token, as an AWS profile holds it. */
export type KeyPair = Pick<Credentials, 'accessKeyId' | 'secretAccessKey'>;

interface Issued extends KeyPair {
  /** Absent: the key pair goes without. */
  readonly sessionToken?: string;
  readonly principal: Principal;
  /** Hears of each call that the caller may not make: what to do about it, as a sentence. */
  readonly onDenied?: (advice: string) => void;
  /** Absent: good until it is revoked. */
  readonly expires?: Date;
}

const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';

/** Key pairs for the sessions of a run: random, known to nobody else, good until they are revoked. */
export class CredentialIssuer {
  private readonly issued = new Map<string, Issued>();

  constructor(private readonly partition: string) {}

  /** `sessionName`: at most 64 of `[\w+=,.@-]`, as AssumeRole; other characters become `-`. */
  issue(roleArn: string, sessionName: string, more: Pick<Issued, 'expires' | 'onDenied'> = {}): Credentials {
    const key = this.keyPair('ASIA');
    const sessionToken = randomBytes(96).toString('base64');
    const principal = this.principalOf(roleArn, sessionName, key.accessKeyId);
    this.issued.set(key.accessKeyId, { ...key, sessionToken, principal, ...more });
    return { ...key, sessionToken };
  }

  /** As `issue`, for whoever can keep no session token. */
  issueKey(roleArn: string, sessionName: string): KeyPair {
    const key = this.keyPair('AKIA');
    this.issued.set(key.accessKeyId, { ...key, principal: this.principalOf(roleArn, sessionName, key.accessKeyId) });
    return key;
  }

  private keyPair(prefix: 'ASIA' | 'AKIA'): KeyPair {
    return {
      accessKeyId: `${prefix}${letters(randomBytes(16))}`,
      secretAccessKey: randomBytes(30).toString('base64'),
    };
  }

  private principalOf(roleArn: string, sessionName: string, accessKeyId: string): Principal {
    const role = roleArn.split('/').at(-1) ?? roleArn;
    const account = roleArn.split(':')[4] ?? '';
    const session = sessionName.replace(/[^\w+=,.@-]/g, '-').slice(0, 64);
    return {
      roleArn,
      account,
      arn: `arn:${this.partition}:sts::${account}:assumed-role/${role}/${session}`,
      userId: `AROA${letters(createHash('sha256').update(roleArn).digest().subarray(0, 17))}:${session}`,
      accessKeyId,
    };
  }

  find(accessKeyId: string): Issued | undefined {
    return this.issued.get(accessKeyId);
  }

  revoke(accessKeyId: string): void {
    this.issued.delete(accessKeyId);
  }

  revokeAll(): void {
    this.issued.clear();
  }
}

const letters = (bytes: Uint8Array): string => [...bytes].map((byte) => ALPHABET[byte % ALPHABET.length]).join('');
