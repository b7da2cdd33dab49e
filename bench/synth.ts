import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type Figure, run, sideBySide } from './measure';

const oneBucket = `
import { App, Stack } from 'aws-cdk-lib';
import { Bucket } from 'aws-cdk-lib/aws-s3';
const app = new App();
new Bucket(new Stack(app, 'OneBucket'), 'Bucket');
`;

/** \`cdk synth\` of Slipway against an app of one bucket: same CLI, same flags, same loader. */
export async function synthFigure(root: string): Promise<Figure> {
  const folder = await mkdtemp(join(root, '.bench-'));
  try {
    await writeFile(join(folder, 'app.ts'), oneBucket);
    const cdk = join(root, 'node_modules', '.bin', 'cdk');
    const synth = (output: string, ...extra: string[]) =>
      run(cdk, ['synth', '--quiet', '--output', join(folder, output), ...extra], { cwd: root });
    const medians = await sideBySide(
      3,
      () => synth('slipway'),
      () => synth('bucket', '--app', `node --import tsx ${join(folder, 'app.ts')}`),
    );
    return { name: 'cdk synth, all stacks', ...medians, against: 'cdk synth, one bucket', aim: 1.5 };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
