/** Making a link of what is here now. */
import type { Client, Engine, ServedGroup } from '../../cluster/index.ts';
import { useSession } from '../../session/index.ts';
import { pack } from './link/codec.ts';
import { plainReference, type Shared, type SharedView, writeShared } from './link/shared.ts';
import { type CollectedObject, collectObjects, toYaml } from './manifests/collect.ts';
import { type Finding, secretsIn } from './secrets.ts';

/** What is longer is handed over as a file: mail, chats and browsers cut longer addresses. */
const MAX_LINK = 8000;

export interface ShareChoice {
  /** False: manifests alone. */
  readonly exact: boolean;
  readonly view: boolean;
  readonly paused: boolean;
  readonly title: string;
}

export interface Material {
  readonly captured: Awaited<ReturnType<Engine['api']['capture']>>;
  readonly objects: readonly CollectedObject[];
  readonly manifests: string;
  readonly secrets: readonly Finding[];
}

/** Reads all that a link could carry, once. */
export async function gather(engine: Engine, client: Client, groups: readonly ServedGroup[]): Promise<Material> {
  const captured = await engine.api.capture();
  const objects = await collectObjects(client, groups);
  return { captured, objects, manifests: toYaml(objects), secrets: secretsIn(objects, captured.recipe.journal) };
}

export interface MadeLink {
  /** What a file holds. */
  readonly text: string;
  readonly url: string;
  /** Too long for a link. */
  readonly long: boolean;
}

export async function makeLink({ captured, manifests }: Material, choice: ShareChoice): Promise<MadeLink> {
  const { build, recipe, digest } = captured;
  const { options, journal, until } = recipe;
  const shared: Shared = {
    title: choice.title,
    build,
    options: choice.exact ? options : withoutHistory(options),
    ...(choice.exact && { replay: { journal, until, digest } }),
    manifests,
    paused: choice.paused,
    view: choice.view ? currentView() : {},
  };
  const text = writeShared(shared);
  const url = new URL(location.href);
  url.search = '';
  url.hash = `s=${await pack(text)}`;
  return { text, url: url.href, long: url.href.length > MAX_LINK };
}

/** Manifests alone: the same kind of cluster, not the same story. */
const withoutHistory = ({ nodes, shape }: Shared['options']): Shared['options'] => ({
  ...(nodes !== undefined && { nodes }),
  ...(shape && { shape }),
});

function currentView(): SharedView {
  const { centreTab, selected, lesson, instant, hidden } = useSession.getState();
  return {
    tab: centreTab,
    ...(selected && { selected: plainReference(selected) }),
    ...(lesson !== undefined && !hidden.includes('lesson') && { lesson }),
    ...(instant !== undefined && { instant }),
  };
}
