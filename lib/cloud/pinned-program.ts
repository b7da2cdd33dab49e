import { createHash } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { AssetHashType, BundlingOutput, DockerImage } from 'aws-cdk-lib';
import { Asset } from 'aws-cdk-lib/aws-s3-assets';
import { Construct } from 'constructs';
import { type BuildOptions, buildSync } from 'esbuild';

/** Programs of builds: each is `lib/<name>/main.ts`. */
type ProgramName = 'deploy' | 'attest';

/** A program as one file in S3: the builds that run it take it from there and check its hash. */
export class PinnedProgram extends Construct {
  readonly asset: Asset;
  /** SHA-256 of the file, in hex. */
  readonly sha256: string;

  /** `projectRoot`: Slipway's own folder. */
  constructor(scope: Construct, id: string, { name, projectRoot }: { name: ProgramName; projectRoot: string }) {
    super(scope, id);
    const bundle = bundleOf(projectRoot, name);
    this.sha256 = createHash('sha256').update(bundle).digest('hex');
    this.asset = new Asset(this, 'Program', {
      path: join(projectRoot, 'lib', name),
      assetHashType: AssetHashType.OUTPUT,
      bundling: {
        // Never used: the local bundling below always does it.
        image: DockerImage.fromRegistry('unused'),
        outputType: BundlingOutput.SINGLE_FILE,
        local: {
          tryBundle(outputFolder) {
            writeFileSync(join(outputFolder, `${name}.mjs`), bundle);
            return true;
          },
        },
      },
    });
  }

  /** ARN of the file. */
  get objectArn(): string {
    return this.asset.bucket.arnForObjects(this.asset.s3ObjectKey);
  }

  /** For `program.sh` of the buildspecs. */
  get environment(): Readonly<Record<string, string>> {
    return { PROGRAM_S3: this.asset.s3ObjectUrl, PROGRAM_SHA256: this.sha256 };
  }
}

const bundles = new Map<string, Uint8Array>();

/** Bundled once a process. The options are also those of dist/deploy.mjs (scripts/build.mjs). */
function bundleOf(projectRoot: string, name: ProgramName): Uint8Array {
  const entry = join(projectRoot, 'lib', name, 'main.ts');
  const known = bundles.get(entry);
  if (known !== undefined) return known;
  const options = JSON.parse(readFileSync(join(projectRoot, 'lib', 'bundle.json'), 'utf8')) as BuildOptions;
  const { outputFiles } = buildSync({
    ...options,
    absWorkingDir: projectRoot,
    entryPoints: [entry],
    write: false,
    logLevel: 'error',
  });
  const [file] = outputFiles ?? [];
  if (file === undefined) throw new Error(`esbuild made no bundle of ${entry}`);
  bundles.set(entry, file.contents);
  return file.contents;
}
