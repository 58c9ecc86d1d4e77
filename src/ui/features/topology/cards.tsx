/** The elements of the drawing: Pods, the objects they belong to, the rooms they stand in. */
import type { Node as FlowNode, NodeProps } from '@xyflow/react';
import { type CSSProperties, createContext, memo, useContext, useState } from 'react';
import { KindMark, ToneShape } from '../../design/index.ts';
import type { PlacedHead, PlacedPod, Room } from './graph/room.ts';
import { titleOf, troubleWords, type Words, wordsOf } from './words.ts';

/** Words for elements that React Flow creates. */
export const WordsContext = createContext<Words>(wordsOf('en'));

export type PodNode = FlowNode<
  {
    readonly placed: PlacedPod;
    readonly dim: boolean;
    readonly chosen: boolean;
    readonly gone: boolean;
    readonly lit: boolean;
    readonly fresh: boolean;
    /** Where it comes from, as seen from its place. */
    readonly from?: { readonly x: number; readonly y: number };
  },
  'pod'
>;
type HeadNode = FlowNode<{ readonly placed: PlacedHead; readonly chosen: boolean; readonly lit: boolean }, 'head'>;
type RoomNode = FlowNode<{ readonly room: Room; readonly chosen: boolean; readonly lit: boolean }, 'room'>;
export type MapNode = PodNode | HeadNode | RoomNode;

const PodCard = memo(function PodCard({ data: { placed, dim, chosen, gone, lit, fresh, from } }: NodeProps<PodNode>) {
  const { pod } = placed;
  const words = useContext(WordsContext);
  // Arriving is a matter of the first moment: later versions of the same card must not arrive again.
  const [arriving] = useState({ fresh, from });
  return (
    <div
      className="map-pod"
      data-tone={pod.health}
      data-stage={pod.stage}
      data-dim={dim || undefined}
      data-chosen={chosen || undefined}
      data-gone={gone || undefined}
      data-lit={lit || undefined}
      data-arriving={arriving.fresh || undefined}
      style={
        arriving.from && ({ '--from-x': `${arriving.from.x}px`, '--from-y': `${arriving.from.y}px` } as CSSProperties)
      }
      title={`${pod.namespace}/${pod.name}`}
    >
      <b>
        <Name name={pod.name} />
      </b>
      <span className="map-pod-state">
        <ToneShape tone={pod.health} />
        <i>{pod.status}</i>
        {pod.restarts > 0 && <em title={`${pod.restarts} ${words.restarts}`}>↻{pod.restarts}</em>}
        <small>
          {pod.ready}/{pod.total}
        </small>
      </span>
    </div>
  );
});

/** The end of a name tells Pods apart: where there is no room, the middle goes. */
function Name({ name }: { readonly name: string }) {
  const dash = name.lastIndexOf('-');
  const end = name.length - dash <= 10 && dash > 0 ? dash : Math.max(0, name.length - 6);
  return (
    <>
      <span className="map-name">{name.slice(0, end)}</span>
      <span>{name.slice(end)}</span>
    </>
  );
}

const HeadCard = memo(function HeadCard({ data: { placed, chosen, lit } }: NodeProps<HeadNode>) {
  const { ref, detail, health } = placed.head;
  return (
    <div
      className="map-head"
      data-tone={health}
      data-chosen={chosen || undefined}
      data-lit={lit || undefined}
      title={`${ref.kind} ${ref.name}`}
    >
      <b>
        <KindMark kind={ref.kind} /> <Name name={ref.name} />
      </b>
      <span className="map-pod-state">
        <ToneShape tone={health} />
        {ref.kind !== 'Service' && <i>{ref.kind}</i>}
        <small>{detail}</small>
      </span>
    </div>
  );
});

const RoomFrame = memo(function RoomFrame({ data: { room, chosen, lit } }: NodeProps<RoomNode>) {
  const words = useContext(WordsContext);
  const { group, health, pods } = room;
  const trouble = troubleWords(words, group.trouble);
  const quiet = { waiting: words.nobodyWaits, component: group.title === 'kubelet' ? words.kubelets : words.noPods };
  return (
    <div
      className="map-room"
      data-kind={group.kind}
      data-tone={health}
      data-chosen={chosen || undefined}
      data-trouble={trouble ? true : undefined}
      data-lit={lit || undefined}
    >
      <header data-tone={group.health}>
        {group.ref && <KindMark kind={group.ref.kind} />}
        <b>{titleOf(words, group)}</b>
        <i>{pods.length > 0 && trouble ? trouble : group.detail}</i>
        <small>{pods.length}</small>
      </header>
      {pods.length === 0 && (trouble || !group.head) && (
        <p data-beside={group.head && true}>{trouble || (quiet[group.kind as 'waiting'] ?? words.noPods)}</p>
      )}
    </div>
  );
});

export const nodeTypes = { pod: PodCard, head: HeadCard, room: RoomFrame };
