import { z } from 'zod';
import type { TokenUser } from './auth/tokens';
import type { AccessEntry } from './auth/user';
import { amountOf } from './kubelet/downward';
import type { NodeSize } from './node';

/** What a run tells the cluster, at its start and again when another run takes a running one over. */
export interface ClusterSettings {
  /** Name of the EKS cluster that it stands for; EKS tokens are signed for it. */
  readonly name: string;
  /** URL of the endpoint that answers STS; absent: EKS tokens are refused. */
  readonly stsUrl?: string;
  /** Folder of the image store; absent: only mapped images run. */
  readonly registry?: string;
  /** Image repository (`registry/name`, without tag and digest) -> the command that stands for it; `$PORT`, `$HOST` are filled in. */
  readonly commands?: Readonly<Record<string, readonly string[]>>;
  /** PATH of every pod; default: the system's folders. */
  readonly path?: string;
  /** Access entries; those without a level only give their principal groups. */
  readonly access?: readonly AccessEntry[];
  /** Further users, each with a bearer token: what they may is for Roles and their bindings to say. */
  readonly users?: readonly TokenUser[];
  /** Of crashed containers and failed pulls, in milliseconds; default: Kubernetes' 10 s to 5 min. */
  readonly backOff?: { readonly initial: number; readonly maximum: number };
  /** Room of the node for what pods request, as quantities; default: generous, see node.ts. */
  readonly node?: NodeSize;
  /** Milliseconds between two looks at the memory of containers that have a limit; default 500. */
  readonly memoryInterval?: number;
}

const quantity = z
  .string()
  .refine((text) => amountOf(text) >= 0, 'is no quantity such as 2, 500m or 4Gi')
  .optional();

/** Settings as they come in from outside, with defaults. */
export const Settings = z.strictObject({
  name: z.string(),
  stsUrl: z.string().optional(),
  registry: z.string().optional(),
  commands: z.record(z.string(), z.array(z.string())).default({}),
  path: z.string().optional(),
  access: z
    .array(
      z.strictObject({
        principalArn: z.string(),
        groups: z.array(z.string()).optional(),
        namespaces: z.union([z.literal('*'), z.array(z.string())]).optional(),
        level: z.enum(['cluster-admin', 'admin', 'edit', 'view']).optional(),
      }),
    )
    .default([]),
  users: z
    .array(z.strictObject({ token: z.string().min(8), name: z.string(), groups: z.array(z.string()) }))
    .default([]),
  backOff: z.strictObject({ initial: z.number(), maximum: z.number() }).optional(),
  node: z.strictObject({ cpu: quantity, memory: quantity, pods: quantity }).optional(),
  memoryInterval: z.number().positive().optional(),
});
