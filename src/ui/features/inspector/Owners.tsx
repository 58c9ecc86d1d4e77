import type { OwnerReference } from '#engine/apimachinery';
import { type ServedResource, useDiscovery, useObject } from '../../cluster/index.ts';
import { KindMark } from '../../design/index.ts';
import { select } from '../../session/index.ts';

interface OwnersProps {
  readonly references: readonly OwnerReference[];
  readonly namespace: string | undefined;
}

/** Who made it, and who made those: the chain up to what a person made. */
export function Owners({ references, namespace }: OwnersProps) {
  const groups = useDiscovery();
  if (!groups) return null;
  const resources = groups.flatMap((group) => group.resources);
  return (
    <ul className="owners">
      {references.map((owner) => {
        const [group = '', version] = owner.apiVersion.includes('/')
          ? owner.apiVersion.split('/')
          : ['', owner.apiVersion];
        const resource = resources.find((one) => one.kind === owner.kind && one.group === group);
        return (
          <li key={owner.uid}>
            {resource ? (
              <Owner
                resource={{ ...resource, version: version ?? resource.version }}
                name={owner.name}
                namespace={resource.namespaced ? namespace : undefined}
              />
            ) : (
              `${owner.kind} ${owner.name}`
            )}
          </li>
        );
      })}
    </ul>
  );
}

interface OwnerProps {
  readonly resource: ServedResource;
  readonly name: string;
  readonly namespace: string | undefined;
}

function Owner({ resource, name, namespace }: OwnerProps) {
  const { object } = useObject(resource, { namespace, name });
  const above = object?.metadata.ownerReferences;
  return (
    <>
      <button type="button" className="link owner" onClick={() => select({ resource, namespace, name })}>
        <KindMark kind={resource.kind} />
        <span className="mono">{name}</span>
        <span className="visually-hidden">{resource.kind}</span>
      </button>
      {above && <Owners references={above} namespace={namespace} />}
    </>
  );
}
