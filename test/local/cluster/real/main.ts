import { mkdirSync, readFileSync } from 'node:fs';
import { parse } from 'yaml';
import { processImages } from '../../../../lib/local/image/process-images';
import { ImageStore } from '../../../../lib/local/image/store';
import { testImages } from '../harness';
import { NodeAgent } from './node-agent';
import { RemoteApi } from './remote-api';

/** `tsx main.ts KUBECONFIG FOLDER [REGISTRY]`: a node for that cluster until SIGTERM; its images are those of the registry, or the tests' own. */
mkdirSync(process.argv[3] ?? '', { recursive: true });
const [kubeconfig = '', folder = '', registry = ''] = process.argv.slice(2);
const config = parse(readFileSync(kubeconfig, 'utf8'));
const { cluster } = config.clusters[0];
const agent = new NodeAgent({
  api: new RemoteApi({
    url: cluster.server,
    ca: Buffer.from(cluster['certificate-authority-data'], 'base64').toString(),
    token: config.users[0].user.token,
  }),
  images: registry === '' ? testImages(folder) : processImages(new ImageStore(registry), { environment: process.env }),
  folder,
  onError: (message) => console.error(message),
});
void agent.start().then(() => console.log('ready'));
process.once('SIGTERM', () => void agent.stop().then(() => process.exit(0)));
