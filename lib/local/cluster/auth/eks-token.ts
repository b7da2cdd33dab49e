import { XMLParser } from 'fast-xml-parser';
import type { Clock } from '../clock';
import type { TokenReader } from './authenticator';
import type { User } from './user';

const PREFIX = 'k8s-aws-v1.';
/** Milliseconds that an answer of STS is believed. */
const BELIEVED = 60_000;
const TIMEOUT = 5_000;

export interface EksTokenOptions {
  /** The cluster's name: the token's URL is signed for it, in the header `x-k8s-aws-id`. */
  readonly clusterName: () => string;
  /** Where STS is; a token whose URL points elsewhere is nobody's. Undefined: no such token is accepted. */
  readonly stsUrl: () => string | undefined;
  readonly clock: Clock;
  /** Told why a token was refused; never the token. */
  readonly onRefusal?: (message: string) => void;
}

/**
 * Reads the tokens that `aws eks get-token` makes, as EKS's authenticator does: `k8s-aws-v1.` and the base64url of a presigned
 * GetCallerIdentity URL, which is called with the cluster's name; whoever STS says the caller is, is the user.
 * https://github.com/kubernetes-sigs/aws-iam-authenticator
 */
export function eksTokens(options: EksTokenOptions): TokenReader {
  const known = new Map<string, { until: number; user: Promise<User | undefined> }>();
  return (token) => {
    if (!token.startsWith(PREFIX)) return Promise.resolve(undefined);
    const now = options.clock.now();
    for (const [key, entry] of known) if (entry.until <= now) known.delete(key);
    const found = known.get(token);
    if (found) return found.user;
    const user = identify(token, options);
    known.set(token, { until: now + BELIEVED, user });
    // A refusal is not remembered: the next request asks again.
    void user.then((value) => value ?? known.delete(token));
    return user;
  };
}

async function identify(token: string, options: EksTokenOptions): Promise<User | undefined> {
  const refuse = (why: string): undefined => {
    options.onRefusal?.(`EKS token refused: ${why}`);
    return undefined;
  };
  const url = parse(Buffer.from(token.slice(PREFIX.length), 'base64url').toString('utf8'));
  const sts = options.stsUrl();
  if (!url) return refuse('it holds no URL');
  if (!sts || url.origin !== new URL(sts).origin)
    return refuse(`its URL points to ${url.host}, not to the configured STS`);
  if (url.searchParams.get('Action') !== 'GetCallerIdentity') return refuse('its URL does not call GetCallerIdentity');
  const signed = url.searchParams.get('X-Amz-SignedHeaders')?.split(';') ?? [];
  if (!signed.includes('x-k8s-aws-id')) return refuse('its URL does not sign the header x-k8s-aws-id');
  try {
    const headers = { 'x-k8s-aws-id': options.clusterName() };
    const response = await fetch(url, { headers, redirect: 'error', signal: AbortSignal.timeout(TIMEOUT) });
    const text = await response.text();
    if (!response.ok) return refuse(`STS answered ${response.status}`);
    const arn = callerArn(text);
    return arn === undefined ? refuse('STS named no caller') : { name: arn, groups: ['system:authenticated'] };
  } catch (error) {
    return refuse(`STS cannot be asked: ${error instanceof Error ? error.message : String(error)}`);
  }
}

function parse(text: string): URL | undefined {
  try {
    return new URL(text);
  } catch {
    return undefined;
  }
}

/** STS answers in XML, or in JSON when it is asked to. */
function callerArn(text: string): string | undefined {
  const body = text.trimStart().startsWith('{') ? JSON.parse(text) : new XMLParser().parse(text);
  const response = body?.GetCallerIdentityResponse ?? body;
  const arn: unknown = response?.GetCallerIdentityResult?.Arn;
  return typeof arn === 'string' ? arn : undefined;
}
