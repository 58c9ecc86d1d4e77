/**
 * From what people type (deploy, deployments.apps, Deployment) and what manifests say (apps/v1 Deployment) to resources.
 * @upstream staging/src/k8s.io/client-go/restmapper/{discovery.go,shortcut.go,category_expansion.go}
 */
import { CommandError } from '../errors.ts';
import type { ApiGroup, ApiResource } from './discovery.ts';

export class NoKindMatch extends CommandError {}

export interface Lookup {
  readonly resource: ApiResource;
  /** What to tell the user about an ambiguous short name. */
  readonly warning?: string;
}

export const groupResource = (resource: Pick<ApiResource, 'group' | 'name'>): string =>
  resource.group ? `${resource.name}.${resource.group}` : resource.name;

export const apiVersion = (resource: Pick<ApiResource, 'group' | 'version'>): string =>
  resource.group ? `${resource.group}/${resource.version}` : resource.version;

/** `/apis/apps/v1/namespaces/default/deployments/web/scale` */
export function resourceUrl(resource: ApiResource, namespace: string, name = '', subresource = ''): string {
  const root = resource.group ? `/apis/${resource.group}/${resource.version}` : `/api/${resource.version}`;
  const scope = resource.namespaced && namespace !== '' ? `/namespaces/${encodeURIComponent(namespace)}` : '';
  return `${root}${scope}/${resource.name}${name ? `/${encodeURIComponent(name)}` : ''}${subresource ? `/${subresource}` : ''}`;
}

export class RestMapper {
  private readonly resources: readonly ApiResource[];

  constructor(readonly groups: readonly ApiGroup[]) {
    this.resources = groups.flatMap((group) => group.versions.flatMap((version) => version.resources));
  }

  /** Resources of every group in its preferred order. */
  all(): readonly ApiResource[] {
    return this.resources;
  }

  /** By plural, singular, short name or kind, perhaps with a group or a version and a group. */
  lookup(typed: string): Lookup {
    const [name, ...rest] = typed.toLowerCase().split('.') as [string, ...string[]];
    const expanded = rest.length === 0 ? this.expandShortName(name) : undefined;
    if (expanded) return expanded;
    const full = rest.length > 1 ? this.find(name, rest.slice(1).join('.'), rest[0]) : undefined;
    const partial = full ?? this.find(this.shortToPlural(name, rest.join('.')), rest.join('.')) ?? this.byKind(typed);
    if (!partial) throw new CommandError(`the server doesn't have a resource type "${typed.split('.')[0]}"`);
    return { resource: partial };
  }

  /** The resources of a category such as `all`, or undefined when there is no such category. */
  category(name: string): readonly ApiResource[] | undefined {
    const found = this.preferred().filter((resource) => resource.categories.includes(name));
    return found.length > 0 ? found : undefined;
  }

  /** The resource of a manifest's apiVersion and kind. Throws NoKindMatch. */
  kindFor(version: string, kind: string): ApiResource {
    const slash = version.indexOf('/');
    const group = slash < 0 ? '' : version.slice(0, slash);
    const short = slash < 0 ? version : version.slice(slash + 1);
    const found = this.resources.find((one) => one.group === group && one.version === short && one.kind === kind);
    if (!found)
      throw new NoKindMatch(`no matches for kind ${JSON.stringify(kind)} in version ${JSON.stringify(version)}`);
    return found;
  }

  /** One entry per resource: that of the group's first version which has it. */
  preferred(): readonly ApiResource[] {
    const seen = new Set<string>();
    return this.resources.filter((resource) => {
      const key = groupResource(resource);
      return seen.has(key) ? false : seen.add(key);
    });
  }

  private expandShortName(name: string): Lookup | undefined {
    if (this.find(name, '')) return undefined;
    const matches = this.preferred().filter((resource) => resource.shortNames.includes(name));
    const [first, second] = matches;
    if (!first) return undefined;
    if (!second) return { resource: first };
    return {
      resource: first,
      warning: `short name "${name}" could also match lower priority resource ${groupResource(second)}`,
    };
  }

  private shortToPlural(name: string, group: string): string {
    if (this.find(name, group)) return name;
    return this.resources.find((one) => one.shortNames.includes(name) && one.group.startsWith(group))?.name ?? name;
  }

  private find(name: string, group: string, version?: string): ApiResource | undefined {
    const matches = (one: ApiResource) =>
      (one.name === name || one.singular === name) && (version === undefined || one.version === version);
    return (
      this.resources.find((one) => matches(one) && (group === '' || one.group === group)) ??
      (group === '' ? undefined : this.resources.find((one) => matches(one) && one.group.startsWith(`${group}.`)))
    );
  }

  private byKind(typed: string): ApiResource | undefined {
    const [kind, ...rest] = typed.split('.');
    const group = rest.join('.');
    return this.resources.find((one) => one.kind === kind && (group === '' || one.group === group));
  }
}
