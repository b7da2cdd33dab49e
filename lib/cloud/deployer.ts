import { createHash } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { AssetHashType, BundlingOutput, DockerImage } from 'aws-cdk-lib';
import { Asset } from 'aws-cdk-lib/aws-s3-assets';
import { Construct } from 'constructs';
import { type BuildOptions, buildSync } from 'esbuild';

/** The program that deploys, as one file in S3: the builds that run it take it from there and check its hash. */
export class Deployer extends Construct {
  readonly asset: Asset;
  /** SHA-256 of the file, in hex. */
  readonly sha256: string;

  /** `projectRoot`: the program is lib/deploy/main.ts below it. */
  constructor(scope: Construct, id: string, projectRoot: string) {
    super(scope, id);
    const bundle = bundleOf(projectRoot);
    this.sha256 = createHash('sha256').update(bundle).digest('hex');
    this.asset = new Asset(this, 'Program', {
      path: join(projectRoot, 'lib', 'deploy'),
      assetHashType: AssetHashType.OUTPUT,
      bundling: {
        // Never used: the local bundling below always does it.
        image: DockerImage.fromRegistry('unused'),
        outputType: BundlingOutput.SINGLE_FILE,
        local: {
          tryBundle(outputFolder) {
            writeFileSync(join(outputFolder, 'deploy.mjs'), bundle);
            return true;
          },
        },
      },
    });
  }
}

const bundles = new Map<string, Uint8Array>();

/** Bundled once a process. The options are those of dist/deploy.mjs (scripts/build.mjs). */
function bundleOf(projectRoot: string): Uint8Array {
  const known = bundles.get(projectRoot);
  if (known !== undefined) return known;
  const folder = join(projectRoot, 'lib', 'deploy');
  const options = JSON.parse(readFileSync(join(folder, 'bundle.json'), 'utf8')) as BuildOptions;
  const { outputFiles } = buildSync({
    ...options,
    absWorkingDir: projectRoot,
    entryPoints: [join(folder, 'main.ts')],
    write: false,
    logLevel: 'error',
  });
  const [file] = outputFiles ?? [];
  if (file === undefined) throw new Error('esbuild made no bundle of the deployer');
  bundles.set(projectRoot, file.contents);
  return file.contents;
}
