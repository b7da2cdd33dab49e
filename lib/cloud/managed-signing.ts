import { CfnSigningConfiguration } from 'aws-cdk-lib/aws-ecr';
import { CfnSigningProfile } from 'aws-cdk-lib/aws-signer';
import { Construct } from 'constructs';

/** Signer's platform for signatures of images. */
const PLATFORM = 'Notation-OCI-SHA384-ECDSA';

/**
 * ECR signs what is pushed to one repository, in the name of who pushes it: without signer:SignPayload on the profile the push
 * succeeds and there is no signature. The configuration is that of the whole registry; no other stack of the account and region
 * may have one. The profile's name is made up, since Signer keeps the name of a deleted one for two years.
 * Source: https://docs.aws.amazon.com/AmazonECR/latest/userguide/managed-signing.html
 */
export class ManagedSigning extends Construct {
  readonly profileArn: string;
  /** Before it is there, nothing is signed. */
  readonly configuration: CfnSigningConfiguration;

  constructor(scope: Construct, id: string, repositoryName: string) {
    super(scope, id);
    this.profileArn = new CfnSigningProfile(this, 'Profile', { platformId: PLATFORM }).attrArn;
    this.configuration = new CfnSigningConfiguration(this, 'Configuration', {
      rules: [
        {
          signingProfileArn: this.profileArn,
          // A filter without a wildcard is the whole name, so the layer cache does not match.
          repositoryFilters: [{ filter: repositoryName, filterType: 'WILDCARD_MATCH' }],
        },
      ],
    });
  }
}
