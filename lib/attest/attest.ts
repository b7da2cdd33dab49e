import { seal } from '../provenance/dsse';
import { type ProvenanceStatement, provenanceStatement, type Statement, sbomStatement } from '../provenance/statement';
import { type Attestation, attestationKey } from '../provenance/storage';
import { err, ok, type Result } from '../result';
import { readBills } from './bills';
import { readFacts } from './facts';
import type { Ports } from './ports';
import { predicateOf } from './predicate';
import type { AttestRequest } from './request';

export interface Attested {
  readonly provenance: ProvenanceStatement;
  /** `s3://…` of each envelope; the provenance is the last, so where it is, all are. */
  readonly written: readonly string[];
  /** Bills of materials that were not made, so that nothing says what is in the image. */
  readonly absent: readonly string[];
}

/**
 * Says of an image how it came about, and signs that; or says every reason why not, with nothing signed. The same image may be
 * attested again: the newest statement is what counts, the bucket keeps those before it.
 */
export async function attest(request: AttestRequest, ports: Ports): Promise<Result<Attested, string>> {
  const facts = await readFacts(request, ports);
  const bills = readBills(request.bills);
  if (!facts.ok || !bills.ok) return err(...[facts, bills].flatMap((each) => (each.ok ? [] : each.errors)));
  const { absent } = bills.value;
  // A laptop may lack the program that makes one; CodeBuild does not.
  if (absent.length > 0 && request.runner !== 'local') return err(`no ${absent.join(', no ')} was handed over`);
  const predicate = predicateOf(facts.value, request, bills.value.bills);
  if (!predicate.ok) return predicate;
  const image = { name: request.repositoryUri, digest: request.digest };
  const provenance = provenanceStatement(image, predicate.value);
  const statements: (readonly [Attestation, Statement])[] = [
    ...bills.value.bills.map(({ attestation, content }) => [attestation, sbomStatement(image, content)] as const),
    ['provenance', provenance],
  ];
  const written: string[] = [];
  for (const [attestation, statement] of statements) {
    const put = await sealAndPut(attestation, statement, request, ports);
    if (!put.ok) return put;
    written.push(put.value);
  }
  return ok({ provenance, written, absent });
}

async function sealAndPut(
  attestation: Attestation,
  statement: Statement,
  { keyArn, bucket, service, digest }: AttestRequest,
  ports: Ports,
): Promise<Result<string, string>> {
  const key = attestationKey(service, digest, attestation);
  const envelope = await seal(statement, keyArn, (message) => ports.sign(keyArn, message));
  if (!envelope.ok) return envelope;
  const put = await ports.put(bucket, key, Buffer.from(`${JSON.stringify(envelope.value)}\n`));
  return put.ok ? ok(`s3://${bucket}/${key}`) : put;
}
