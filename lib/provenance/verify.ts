import type { KeyObject } from 'node:crypto';
import { err, ok, type Result } from '../result';
import { builderId, invocationId, type Runner } from './builder';
import { open } from './dsse';
import {
  type Image,
  PROVENANCE,
  type ProvenanceStatement,
  SBOM,
  type SbomStatement,
  type Statement,
} from './statement';
import { ATTESTATIONS, type Attestation, BILLS } from './storage';

/** How an image must have come about. */
export interface Expected {
  readonly image: Image;
  /** ARNs of the pipelines whose word counts. */
  readonly builders: readonly string[];
  /** Whose word is taken: on AWS never a laptop's, on a laptop never that of AWS. */
  readonly runner: Runner;
  /** The source that they build: `codeCommitSource` or `connectionSource`. */
  readonly source: string;
  /** The commit, or its first digits; undefined: any. */
  readonly commit?: string;
}

export interface Verified {
  readonly provenance: ProvenanceStatement;
  readonly bills: readonly (readonly [Attestation, SbomStatement])[];
  /** Bills of materials that a laptop could not make. */
  readonly notRun: readonly Attestation[];
}

export interface TrustedKey {
  readonly id: string;
  readonly publicKey: KeyObject;
}

/**
 * Whether an image is the one that is attested, by whom, from what. `envelopes`: what is stored about it, or why
 * that is not even looked at; one that is not there is absent. Every problem at once, each a sentence that begins with the attestation's name.
 */
export function verifyImage(
  envelopes: ReadonlyMap<Attestation, Result<Uint8Array, string>>,
  { id, publicKey }: TrustedKey,
  expected: Expected,
): Result<Verified, string> {
  const keys = new Map([[id, publicKey]]);
  const problems: string[] = [];
  const statements = new Map<Attestation, Statement>();
  for (const [attestation, envelope] of envelopes) {
    const opened = envelope.ok ? open(envelope.value, keys) : envelope;
    if (opened.ok) statements.set(attestation, opened.value);
    else problems.push(...opened.errors.map((problem) => `${attestation}: ${problem}`));
  }
  const provenance = statements.get('provenance');
  const notRun = absentOnPurpose(provenance, expected).filter((attestation) => !envelopes.has(attestation));
  for (const attestation of ATTESTATIONS) {
    if (!envelopes.has(attestation) && !notRun.includes(attestation))
      problems.push(`${attestation}: there is none for ${expected.image.digest}`);
  }
  for (const [attestation, statement] of statements) {
    const wrong = [...subjectProblems(statement, expected.image), ...contentProblems(attestation, statement, expected)];
    problems.push(...wrong.map((problem) => `${attestation}: ${problem}`));
  }
  if (problems.length > 0 || provenance?.predicateType !== PROVENANCE) return err(...problems);
  const bills = [...statements].flatMap(([attestation, statement]) =>
    statement.predicateType === SBOM ? [[attestation, statement] as const] : [],
  );
  return ok({ provenance, bills, notRun });
}

/** A laptop may lack the program that lists an image; its provenance then names no such list. */
function absentOnPurpose(provenance: Statement | undefined, { runner }: Expected): Attestation[] {
  if (runner !== 'local' || provenance?.predicateType !== PROVENANCE) return [];
  const made = provenance.predicate.runDetails.byproducts.map(({ name }) => name);
  return made.includes(BILLS['sbom-image']) ? [] : ['sbom-image'];
}

function subjectProblems({ subject: [{ name, digest }] }: Statement, image: Image): string[] {
  const said = `sha256:${digest.sha256}`;
  return [
    ...(said === image.digest ? [] : [`it is about the image ${said}, not about ${image.digest}`]),
    ...(name === image.name ? [] : [`it is about an image of ${name}, not of ${image.name}`]),
  ];
}

function contentProblems(attestation: Attestation, statement: Statement, expected: Expected): string[] {
  const wanted = attestation === 'provenance' ? PROVENANCE : SBOM;
  if (statement.predicateType !== wanted) return [`it says ${statement.predicateType}, not ${wanted}`];
  return statement.predicateType === PROVENANCE
    ? provenanceProblems(statement, expected)
    : billProblems(attestation, statement, expected.image);
}

function provenanceProblems(
  { predicate: { buildDefinition, runDetails } }: ProvenanceStatement,
  expected: Expected,
): string[] {
  const { externalParameters, internalParameters, resolvedDependencies } = buildDefinition;
  const { pipeline, source } = externalParameters;
  const { runner } = internalParameters.slipway;
  const { id } = runDetails.builder;
  const builders = expected.builders.map((arn) => builderId(arn, expected.runner));
  const [{ uri, digest }] = resolvedDependencies;
  return [
    ...(builders.includes(id) ? [] : [`${id} built it, not ${builders.join(' or ')}`]),
    ...(runner === expected.runner ? [] : [`it was built on ${PLACES[runner]}, not on ${PLACES[expected.runner]}`]),
    ...(id.endsWith(`:${pipeline}`) && runDetails.metadata.invocationId.startsWith(invocationId(id, ''))
      ? []
      : [
          `the pipeline ${pipeline} and its execution ${runDetails.metadata.invocationId} are not of the builder ${id}`,
        ]),
    ...(source.repository === expected.source
      ? []
      : [`it was built from the repository ${source.repository}, not from ${expected.source}`]),
    ...(uri === `git+${source.repository}@refs/heads/${source.branch}` && digest.gitCommit === source.commit
      ? []
      : [
          `its source is ${source.repository} at ${source.commit} in one place, and ${uri} at ${digest.gitCommit} in another`,
        ]),
    ...(expected.commit === undefined || source.commit.startsWith(expected.commit)
      ? []
      : [`it was built from the commit ${source.commit}, not from ${expected.commit}`]),
  ];
}

const PLACES: Readonly<Record<Runner, string>> = { codepipeline: 'AWS', local: 'a laptop' };

/** An empty list looks like that of an image without packages. The list of an image says which by its digest. */
function billProblems(attestation: Attestation, { predicate }: SbomStatement, image: Image): string[] {
  const { components, metadata } = predicate as {
    components?: unknown;
    metadata?: { component?: { version?: unknown } };
  };
  const listed = metadata?.component?.version;
  return [
    ...(Array.isArray(components) && components.length > 0 ? [] : ['it lists no package']),
    ...(attestation === 'sbom-image' && listed !== image.digest
      ? [`it lists what is in ${JSON.stringify(listed)}, not in ${image.digest}`]
      : []),
  ];
}
