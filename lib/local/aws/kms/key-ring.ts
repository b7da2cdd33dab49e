import type { KeyObject } from 'node:crypto';
import { linkSync, mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { keyFrom, newKey } from './ecdsa';

/** An AWS::KMS::Key of the templates that signs: ECC_NIST_P256, SIGN_VERIFY. */
export interface SigningKey {
  readonly id: string;
  readonly arn: string;
  readonly description: string;
  /** ARNs of its aliases. */
  readonly aliases?: readonly string[];
}

/** The private keys of this machine, each made when it is first asked for and kept in a file that only its owner reads. */
export class KeyRing {
  private readonly known = new Map<string, KeyObject>();

  /** `keys`: those of the templates; there are no others. */
  constructor(
    readonly keys: readonly SigningKey[],
    private readonly folder: string,
  ) {}

  /** By its id, its ARN or the ARN of an alias. */
  find(name: string): SigningKey | undefined {
    return this.keys.find(({ id, arn, aliases = [] }) => id === name || arn === name || aliases.includes(name));
  }

  privateKey(key: SigningKey): KeyObject {
    const known = this.known.get(key.id) ?? this.load(this.fileOf(key));
    this.known.set(key.id, known);
    return known;
  }

  /** When its private key was made, which happens now where nobody has asked for it yet. */
  madeAt(key: SigningKey): Date {
    this.privateKey(key);
    return new Date(statSync(this.fileOf(key)).mtimeMs);
  }

  private fileOf({ id }: SigningKey): string {
    return join(this.folder, `${id}.pem`);
  }

  private load(file: string): KeyObject {
    try {
      return keyFrom(readFileSync(file, 'utf8'));
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
    }
    mkdirSync(this.folder, { recursive: true, mode: 0o700 });
    const draft = `${file}.${process.pid}.draft`;
    writeFileSync(draft, newKey().export({ type: 'pkcs8', format: 'pem' }), { mode: 0o600 });
    // Of two programs that make one at the same time the first wins, for both.
    try {
      linkSync(draft, file);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    } finally {
      rmSync(draft);
    }
    return keyFrom(readFileSync(file, 'utf8'));
  }
}
