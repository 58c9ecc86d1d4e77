import type { Resource } from '#engine/api';
import type { ServedGroup } from '../../cluster/index.ts';
import { update, useWords } from '../../session/index.ts';

/** `apps/deployments`: what tells resources apart, whatever their version. */
export const resourceKey = ({ group, plural }: Pick<Resource, 'group' | 'plural'>): string => `${group}/${plural}`;

interface ResourcePickerProps {
  readonly groups: readonly ServedGroup[];
  readonly value: string;
}

/** All resources by API group. */
export function ResourcePicker({ groups, value }: ResourcePickerProps) {
  const say = useWords();
  return (
    <select
      className="field resource-picker"
      aria-label={say('resources')}
      value={value}
      onChange={(event) => update({ resource: event.target.value, filter: '' })}
    >
      {groups.map((group) => (
        <optgroup key={group.name} label={group.name || say('coreGroup')}>
          {group.resources.map((resource) => (
            <option key={resource.plural} value={resourceKey(resource)}>
              {resource.plural}
            </option>
          ))}
        </optgroup>
      ))}
    </select>
  );
}
