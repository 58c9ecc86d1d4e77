import { namespaces } from '#engine/api';
import { useList } from '../../cluster/index.ts';
import { update, useSession, useWords } from '../../session/index.ts';

/** One namespace or all. */
export function NamespacePicker() {
  const say = useWords();
  const namespace = useSession((session) => session.namespace);
  const { items } = useList(namespaces);
  const names = new Set(items.map(({ metadata }) => metadata.name));
  if (namespace) names.add(namespace);
  return (
    <select
      className="field"
      aria-label={say('namespace')}
      value={namespace}
      onChange={(event) => update({ namespace: event.target.value })}
    >
      <option value="">{say('allNamespaces')}</option>
      {[...names].sort().map((name) => (
        <option key={name} value={name}>
          {name}
        </option>
      ))}
    </select>
  );
}
