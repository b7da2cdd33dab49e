import type { BackOff } from './context';
import { delay } from './delay';
import type { Runnable } from './launch';

/** A container as its image is pulled for it. */
export interface Puller {
  /** Undefined: there is no such image. */
  pull(): Promise<Runnable | undefined>;
  image(): string;
  backOff(): BackOff;
  waiting(reason: string, message: string): void;
  say(type: 'Normal' | 'Warning', reason: string, message: string): void;
}

/** Between ErrImagePull and the back-off that follows it, at most; milliseconds. */
const SHOWN = 500;

/**
 * Pulls until it succeeds or the signal ends it: ErrImagePull, ImagePullBackOff with a wait that doubles, and again. States and
 * events in the words of the kubelet and containerd.
 */
export async function obtain(puller: Puller, signal: AbortSignal): Promise<Runnable | undefined> {
  const image = puller.image();
  let wait = puller.backOff().initial;
  while (!signal.aborted) {
    puller.say('Normal', 'Pulling', `Pulling image "${image}"`);
    let problem = `${image}: not found (it is not in the local registry and slipway.yaml maps no command to it)`;
    try {
      const found = await puller.pull();
      if (found) {
        puller.say('Normal', 'Pulled', `Successfully pulled image "${image}"`);
        return found;
      }
    } catch (error) {
      problem = error instanceof Error ? error.message : String(error);
    }
    if (signal.aborted) return undefined;
    const message = `rpc error: code = NotFound desc = failed to pull and unpack image "${image}": failed to resolve reference "${image}": ${problem}`;
    puller.say('Warning', 'Failed', `Failed to pull image "${image}": ${message}`);
    puller.say('Warning', 'Failed', 'Error: ErrImagePull');
    puller.waiting('ErrImagePull', message);
    if (!(await delay(Math.min(wait, SHOWN), signal))) return undefined;
    puller.say('Normal', 'BackOff', `Back-off pulling image "${image}"`);
    puller.say('Warning', 'Failed', 'Error: ImagePullBackOff');
    puller.waiting('ImagePullBackOff', `Back-off pulling image "${image}": ErrImagePull: ${message}`);
    if (!(await delay(wait, signal))) return undefined;
    wait = Math.min(wait * 2, puller.backOff().maximum);
  }
  return undefined;
}
