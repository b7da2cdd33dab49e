import type { Clock } from '../clock';
import type { Recorder } from '../events';
import type { Images } from '../images';
import type { Registry } from '../registry';
import type { MemoryWatch } from './memory';

/** Seconds-long waits of the kubelet, in milliseconds, so that tests can have them short. */
export interface BackOff {
  /** After the second crash of a container, or the first failed pull; doubled each time. */
  readonly initial: number;
  readonly maximum: number;
}

/** Kubernetes' own. */
export const BACK_OFF: BackOff = { initial: 10_000, maximum: 300_000 };

export interface KubeletContext {
  readonly registry: Registry;
  readonly recorder: Recorder;
  readonly clock: Clock;
  readonly images: Images;
  /** `registry/repository` -> the command that stands for that image; `$PORT` and `$HOST` are filled in. */
  readonly commands: () => Readonly<Record<string, readonly string[]>>;
  /** PATH of every process. */
  readonly path: () => string;
  /** Below it: pods/<uid>/, processes/. */
  readonly folder: string;
  readonly backOff: () => BackOff;
  /** Enforces memory limits; default: one that reads /proc. */
  readonly memory?: MemoryWatch;
  /** Where what broke inside the cluster itself is told. */
  readonly onError: (message: string) => void;
}

export const NODE = 'slipway-local';
export const COMPONENT = 'kubelet';
