/** Other objects that this one has to do with: what it owns, selects, uses, and who does so to it. */
import { endpointSlices, pods, replicaSets, services } from '#engine/api';
import type { KubeObject } from '#engine/apimachinery';
import { useList } from '../../cluster/index.ts';
import { KindMark } from '../../design/index.ts';
import { type ObjectReference, select } from '../../session/index.ts';
import { hasRelations, OWNERS, type Relation, relationsOf } from './related.ts';
import { useInspectorWords } from './words/use-words.ts';

interface RelatedProps {
  readonly reference: ObjectReference;
  readonly object: KubeObject;
}

/** Names that are listed. */
const SHOWN = 12;

export function Related({ reference, object }: RelatedProps) {
  const owns = OWNERS[reference.resource.plural];
  return (
    <>
      {owns && <Owned reference={reference} object={object} resource={owns === 'pods' ? pods : replicaSets} />}
      {hasRelations(reference) && <Relations reference={reference} object={object} />}
    </>
  );
}

function Owned({
  reference,
  object,
  resource,
}: RelatedProps & { readonly resource: typeof pods | typeof replicaSets }) {
  const { namespace } = reference;
  const { items } = useList<KubeObject>(resource, namespace === undefined ? {} : { namespace });
  const mine = items.filter(({ metadata }) => metadata.ownerReferences?.some(({ uid }) => uid === object.metadata.uid));
  if (mine.length === 0) return null;
  const objects = mine.map(({ metadata }) => ({ resource, namespace: metadata.namespace, name: metadata.name }));
  return <Names relation={{ word: 'owned', objects }} />;
}

function Relations({ reference, object }: RelatedProps) {
  const where = reference.namespace === undefined ? {} : { namespace: reference.namespace };
  const around = {
    pods: useList(pods, where).items,
    services: useList(services, where).items,
    slices: useList(endpointSlices, where).items,
  };
  return relationsOf(reference, object, around).map((relation) => <Names key={relation.word} relation={relation} />);
}

function Names({ relation: { word, objects } }: { readonly relation: Relation }) {
  const say = useInspectorWords();
  return (
    <div>
      <dt>{say(word)}</dt>
      <dd>
        <ul className="related">
          {objects.slice(0, SHOWN).map((one) => (
            <li key={`${one.resource.plural}/${one.name}`}>
              <button type="button" className="link owner" onClick={() => select(one)}>
                <KindMark kind={one.resource.kind} />
                <span className="mono">{one.name}</span>
                <span className="visually-hidden">{one.resource.kind}</span>
              </button>
            </li>
          ))}
          {objects.length > SHOWN && <li className="quiet">{say('andMore', { count: objects.length - SHOWN })}</li>}
        </ul>
      </dd>
    </div>
  );
}
