import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buildProcessImage } from '../../../../lib/local/image/build';
import { parseManifest } from '../../../../lib/local/image/manifest';
import { processImages } from '../../../../lib/local/image/process-images';
import { ImageStore } from '../../../../lib/local/image/store';
import { REGISTRY } from '../../../local/aws/fixture';
import { type Check, type Mutant, suite } from '../mutants';
import { flipped } from './flip';

/** What happens between the push of an image and its start. */
interface Between {
  /** The part of the image of which a bit is changed. */
  flip?: 'manifest' | 'config' | 'layer';
  /** Its version's tag is given to another image. */
  swapTag?: boolean;
  /** What is asked for. */
  ask: 'digest' | 'tag and digest' | 'digest of another';
}

const DOCKERFILE = 'FROM scratch\nCOPY run.sh /run.sh\nENTRYPOINT ["/run.sh"]\n';

/** Says why the image is not started; empty: it is, and is the one that was pushed. */
async function start({ flip, swapTag, ask }: Between): Promise<string[]> {
  const folder = mkdtempSync(join(tmpdir(), 'slipway-integrity-'));
  try {
    const store = new ImageStore(join(folder, 'registry'));
    await store.createRepository('visits');
    await store.setMutability('visits', { immutable: true, exclusions: [] });
    const push = async (name: string, more: string): Promise<string> => {
      const context = join(folder, name);
      mkdirSync(context, { recursive: true });
      writeFileSync(join(context, 'Dockerfile'), DOCKERFILE);
      writeFileSync(join(context, 'run.sh'), `#!/bin/sh\necho ${more}\n`, { mode: 0o755 });
      const built = await buildProcessImage(store, { context, dockerfile: join(context, 'Dockerfile') });
      if (!built.ok) throw new Error(built.errors.join());
      await store.pushByDigest('visits', built.value.manifest);
      return built.value.digest;
    };
    const digest = await push('good', 'good');
    await store.putTag('visits', '1.0.0', digest);
    const refusals: string[] = [];
    if (swapTag) {
      const moved = await store.putTag('visits', '1.0.0', await push('bad', 'bad'));
      if (!moved.ok) refusals.push(moved.errors[0]?.code ?? '');
    }
    const manifest = parseManifest(readFileSync(store.blobPath(digest)));
    const parts = { manifest: digest, config: manifest?.config.digest, layer: manifest?.layers[0]?.digest };
    if (flip !== undefined) {
      const file = store.blobPath(parts[flip] ?? '');
      writeFileSync(file, Buffer.from(flipped(readFileSync(file).toString('base64')), 'base64'));
    }
    const asked = {
      digest: `@${digest}`,
      'tag and digest': `:1.0.0@${digest}`,
      'digest of another': `:1.0.0@sha256:${'0'.repeat(64)}`,
    }[ask];
    try {
      const image = await processImages(store, { environment: {} }).resolve(`${REGISTRY}/visits${asked}`);
      if (image === undefined) refusals.push('there is no such image');
      else if (!readdirSync(image.root).includes('run.sh') || image.digest !== digest) refusals.push('another image');
    } catch (error) {
      refusals.push((error as Error).message);
    }
    return refusals;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

const byDigest: Check<{ between: Between }> = {
  name: 'images-are-what-they-say',
  holds:
    'An image is started by its digest, and only if each of its parts is what its own digest says; a tag that was given stays.',
  findings: ({ between }) => start(between),
};

const mutant = (id: string, description: string, between: Partial<Between>): Mutant<{ between: Between }> => ({
  id,
  description,
  foundBy: byDigest.name,
  apply: (subject) => {
    subject.between = { ...subject.between, ...between };
  },
});

/** An image in the registry of this machine, from its push to its start. */
export const ofImages = suite({
  name: 'an image between its push and its start',
  subject: (): { between: Between } => ({ between: { ask: 'tag and digest' } }),
  checks: [byDigest],
  mutants: [
    mutant('manifest-flipped', 'manifest with one bit changed', { flip: 'manifest' }),
    mutant('config-flipped', 'configuration with one bit changed', { flip: 'config' }),
    mutant('layer-flipped', 'layer with one bit changed', { flip: 'layer' }),
    mutant('tag-swapped', 'version that is given to another image', { swapTag: true }),
    mutant('another-digest', 'digest that the version does not have', { ask: 'digest of another' }),
  ],
});
