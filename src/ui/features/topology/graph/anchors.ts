/** Where the ends of a request stand in the drawing. */
import type { Scene } from './pipeline.ts';
import { CARD, type PlacedHead, type PlacedPod, type Room } from './room.ts';
import type { Sources } from './sources.ts';

export interface Point {
  readonly x: number;
  readonly y: number;
}

/** A request, or several that are alike: who asks whom. Parties are `pod:<namespace>/<name>`, a Node's name, `workstation`. */
export interface Hop {
  readonly kind: 'net' | 'api';
  readonly from: string;
  readonly to?: string;
  /** `address:port` that was dialled. */
  readonly address?: string;
  readonly write?: boolean;
}

const OUTSIDE_PX = 90;
const SERVER = 'component/kube-apiserver';

/** Which component a user of the API is; undefined for people and for what is not drawn. */
export function componentOf(user: string): string | undefined {
  if (user === 'system:kube-scheduler') return 'kube-scheduler';
  if (user.startsWith('system:node:')) return 'kubelet';
  if (user === 'system:kube-proxy') return 'kube-proxy';
  if (user === 'system:kube-controller-manager') return 'kube-controller-manager';
  const account = /^system:serviceaccount:kube-system:(.+)$/.exec(user)?.[1];
  if (account === undefined) return undefined;
  if (account === 'coredns') return 'kube-dns';
  return account === 'kindnet' || account === 'kube-proxy' ? account : 'kube-controller-manager';
}

const centreOf = ({ x, y }: PlacedPod | PlacedHead): Point => ({ x: x + CARD.width / 2, y: y + CARD.height / 2 });
const titleOf = ({ box }: Room): Point => ({ x: box.x + box.width / 2, y: box.y + 20 });

/** Looks ends up in one scene. Made anew when the scene changes, filled when first asked. */
export class Anchors {
  private pods: Map<string, PlacedPod> | undefined;
  private rooms: Map<string, Room> | undefined;
  private heads: Map<string, PlacedHead> | undefined;

  constructor(
    private readonly scene: Scene,
    private readonly services: Sources['services'],
  ) {}

  /** The points a request passes; undefined when the view does not show it. */
  path(hop: Hop): readonly Point[] | undefined {
    if (hop.kind === 'api') return this.scene.view === 'control-plane' ? this.toServer(hop) : undefined;
    if (this.scene.view === 'control-plane') return undefined;
    const service = this.serviceAt(hop.address);
    const to = hop.to === undefined ? undefined : this.party(hop.to);
    const from = this.party(hop.from) ?? this.outside(to ?? service);
    if (!from) return undefined;
    if (!to && !service) return [from, { x: from.x + OUTSIDE_PX, y: from.y - OUTSIDE_PX / 2 }];
    return [from, ...(service ? [service] : []), ...(to ? [to] : [])];
  }

  private toServer({ from, write }: Hop): readonly Point[] | undefined {
    const server = this.room(SERVER);
    if (!server) return undefined;
    const name = componentOf(from);
    const room = name === undefined ? undefined : this.room(`component/${name}`);
    if (name !== undefined && !room) return undefined;
    const at = titleOf(server);
    const start = room ? titleOf(room) : { x: at.x, y: server.box.y + server.box.height + OUTSIDE_PX };
    const store = write ? this.room('component/etcd') : undefined;
    return [start, at, ...(store ? [titleOf(store)] : [])];
  }

  /** Where somebody who is not drawn comes in: from the left, at the height of whom he asks. */
  private outside(to: Point | undefined): Point | undefined {
    return to && { x: this.scene.bounds.x - OUTSIDE_PX, y: to.y };
  }

  private party(name: string): Point | undefined {
    if (name.startsWith('pod:')) {
      const placed = this.pod(name.slice('pod:'.length));
      return placed && centreOf(placed);
    }
    const room = this.room(`node/${name}`);
    return room && titleOf(room);
  }

  private serviceAt(address: string | undefined): Point | undefined {
    if (address === undefined || this.scene.view !== 'network') return undefined;
    const ip = address.slice(0, address.lastIndexOf(':'));
    const service = this.services.find(({ spec }) => spec?.clusterIP === ip);
    const head = service && this.head(service.metadata.namespace ?? '', service.metadata.name ?? '');
    return head && centreOf(head);
  }

  private pod(path: string): PlacedPod | undefined {
    this.pods ??= new Map(this.scene.rooms.flatMap(({ pods }) => pods.map((placed) => [placed.pod.path, placed])));
    return this.pods.get(path);
  }

  private room(id: string): Room | undefined {
    this.rooms ??= new Map(this.scene.rooms.map((room) => [room.id, room]));
    return this.rooms.get(id);
  }

  private head(namespace: string, name: string): PlacedHead | undefined {
    this.heads ??= new Map(
      this.scene.rooms.flatMap(({ heads }) =>
        heads.map((placed) => [`${placed.head.ref.namespace}/${placed.head.ref.name}`, placed]),
      ),
    );
    return this.heads.get(`${namespace}/${name}`);
  }
}
