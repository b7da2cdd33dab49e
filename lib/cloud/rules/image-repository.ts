import type { TemplateRule } from './rule';

export const imageRepository: TemplateRule = {
  id: 'image-repository',
  holds: 'Image tags cannot be moved, and images are scanned.',
  reason:
    'A tag that moves lets another image be deployed than the one that passed (OWASP CI/CD 9); an unscanned one is vulnerable unseen.',
  remedy:
    'set ImageTagMutability to IMMUTABLE (or IMMUTABLE_WITH_EXCLUSION) and ImageScanningConfiguration.ScanOnPush to true',
  types: ['AWS::ECR::Repository'],
  check: ({ ImageTagMutability: mutability, ImageScanningConfiguration: scanning }) => {
    if (mutability !== 'IMMUTABLE' && mutability !== 'IMMUTABLE_WITH_EXCLUSION') return 'tags can be moved';
    return scanning?.ScanOnPush === true ? undefined : 'images are not scanned';
  },
};
