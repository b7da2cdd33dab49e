import { z } from 'zod';
import { err, ok, type Result } from '../result';
import { BUILD_TYPE, externalParameters, gitCommit } from './build-type';
import { issuesOf } from './zod-issues';

/**
 * in-toto Statement v1 about one image, with the two predicates that are written here. Both are as strict as what is written:
 * whoever verifies refuses what it does not know. https://github.com/in-toto/attestation/blob/main/spec/v1/statement.md
 */
const STATEMENT = 'https://in-toto.io/Statement/v1';
export const PROVENANCE = 'https://slsa.dev/provenance/v1';
export const SBOM = 'https://cyclonedx.org/bom';

export const sha256 = z.string().regex(/^[0-9a-f]{64}$/, 'is no SHA-256 in hexadecimal');
const timestamp = z.iso.datetime();

const head = {
  _type: z.literal(STATEMENT),
  /** The image: its repository's URI without a tag, and its digest. */
  subject: z.tuple([z.strictObject({ name: z.string().min(1), digest: z.strictObject({ sha256 }) })]),
};

/** SLSA provenance v1 (https://slsa.dev/spec/v1.0/provenance), in the shape of `BUILD_TYPE`. */
export const provenancePredicate = z.strictObject({
  buildDefinition: z.strictObject({
    buildType: z.literal(BUILD_TYPE),
    externalParameters,
    internalParameters: z.strictObject({
      slipway: z.strictObject({
        runner: z.enum(['codepipeline', 'local']),
        /** ARN of the CodeBuild build that made the image. */
        imageBuild: z.string().min(1),
      }),
    }),
    resolvedDependencies: z.tuple([
      z.strictObject({
        name: z.literal('source'),
        /** `git+<repository>@refs/heads/<branch>`. */
        uri: z.string().min(1),
        digest: z.strictObject({ gitCommit }),
      }),
      /** What the build ran in. CodeBuild tells the name of its image and no digest. */
      z.strictObject({ name: z.literal('build-image'), uri: z.string().min(1) }),
    ]),
  }),
  runDetails: z.strictObject({
    builder: z.strictObject({ id: z.string().min(1) }),
    metadata: z.strictObject({ invocationId: z.string().min(1), startedOn: timestamp, finishedOn: timestamp }),
    /** The bills of materials, as they were handed over: what they say is not the builder's word. */
    byproducts: z.array(
      z.strictObject({ name: z.string().min(1), mediaType: z.string(), digest: z.strictObject({ sha256 }) }),
    ),
  }),
});

const provenance = z.strictObject({
  ...head,
  predicateType: z.literal(PROVENANCE),
  predicate: provenancePredicate,
});

/** A bill of materials; beyond being one of CycloneDX, its content is data that nobody vouches for. */
export const billOfMaterials = z.looseObject({ bomFormat: z.literal('CycloneDX'), specVersion: z.string() });

const sbom = z.strictObject({ ...head, predicateType: z.literal(SBOM), predicate: billOfMaterials });

const statement = z.discriminatedUnion('predicateType', [provenance, sbom]);

export type Statement = z.output<typeof statement>;
export type ProvenanceStatement = z.output<typeof provenance>;
export type SbomStatement = z.output<typeof sbom>;
export type ProvenancePredicate = z.output<typeof provenancePredicate>;
export type BillOfMaterials = z.output<typeof billOfMaterials>;

/** An image by digest; `name` its repository's URI, `digest` with its `sha256:`. */
export interface Image {
  readonly name: string;
  readonly digest: string;
}

export const provenanceStatement = (image: Image, predicate: ProvenancePredicate): ProvenanceStatement => ({
  ...headOf(image),
  predicateType: PROVENANCE,
  predicate,
});

export const sbomStatement = (image: Image, predicate: BillOfMaterials): SbomStatement => ({
  ...headOf(image),
  predicateType: SBOM,
  predicate,
});

const headOf = ({ name, digest }: Image) => ({
  _type: STATEMENT as typeof STATEMENT,
  subject: [{ name, digest: { sha256: digest.replace(/^sha256:/, '') } }] as ProvenanceStatement['subject'],
});

/** `text`: a payload whose signature is good. */
export function readStatement(text: string): Result<Statement, string> {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    return err(`its payload is no JSON (${(error as Error).message})`);
  }
  const checked = statement.safeParse(value);
  return checked.success ? ok(checked.data) : err(`its statement: ${issuesOf(checked.error)}`);
}
