import { err, ok } from '../../result';
import type { Parts } from '../parts';
import type { Ports } from '../ports';
import type { DeployRequest } from '../request';
import { type Doubt, verifySigned } from './verify';

export const NOT_RUN =
  'provenance NOT RUN: nothing says by which key and which builders the image must be signed (--attestations)';

/** What is signed about the image that a deploy brings; whatever is wrong with it ends the deploy before a cluster is asked. */
export const provenanceBeforeDeploy =
  (warn: (message: string) => void): Parts['provenance'] =>
  async ({ service, image, provenance: policy }: DeployRequest, { attestations, log }: Ports) => {
    if (policy === undefined || attestations === undefined) {
      log.info(NOT_RUN);
      return ok(undefined);
    }
    const verified = await verifySigned({ service, digest: image.digest }, policy, attestations);
    if (!verified.ok) {
      const [{ kind, message }] = verified.errors as [Doubt];
      return err({
        outcome: kind === 'away' ? 'Error' : 'Refused',
        reason: { code: 'Provenance', object: `Image/${image.digest}`, message },
      });
    }
    const { provenance, bills, notRun } = verified.value;
    const { buildDefinition, runDetails } = provenance.predicate;
    const { source } = buildDefinition.externalParameters;
    const builder = runDetails.builder.id;
    log.info(`image    ${policy.repository}@${image.digest}`);
    log.info(`source   ${source.repository}, branch ${source.branch}, commit ${source.commit}`);
    log.info(`builder  ${builder}`);
    log.info(`signed   ${['provenance', ...bills.map(([name]) => name)].join(', ')} by ${attestations.keyId}`);
    for (const name of notRun) warn(`${name} NOT RUN: nothing says what is in the image`);
    if (policy.runner === 'local') log.info('a laptop built and signed it: SLSA build level 1 at most');
    return ok({ key: attestations.keyId, builder, source: source.repository, commit: source.commit });
  };
