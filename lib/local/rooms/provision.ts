import { mkdirSync } from 'node:fs';
import type { Emit } from '../executor';
import type { Room, RoomKind, RoomRequest } from './room';

/** Opens the room of a build, as CodeBuild's phase PROVISIONING if there is anything to it; or says why there is none. */
export async function provision(
  request: RoomRequest & { readonly rooms: RoomKind },
  emit: Emit,
): Promise<Room | string> {
  const { rooms, setting } = request;
  const phase = 'PROVISIONING';
  mkdirSync(request.scripts, { recursive: true, mode: 0o700 });
  // What a room shows must be there.
  for (const folder of [setting.sourceFolder, ...Object.values(setting.secondarySources)])
    mkdirSync(folder, { recursive: true });
  if (!rooms.provisions) return rooms.open(request);
  emit({ kind: 'phase-started', phase });
  const room = await rooms.open(request);
  if (typeof room !== 'string') emit({ kind: 'phase-ended', phase, status: 'SUCCEEDED' });
  else emit({ kind: 'phase-ended', phase, status: 'FAILED', reason: room });
  return typeof room === 'string' ? `${phase}: ${room}` : room;
}
