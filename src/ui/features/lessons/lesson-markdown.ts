/** A lesson's Markdown on its way to React: commands and directives become elements of their own; nothing else is let through. */
interface MarkdownNode {
  type: string;
  value?: string;
  name?: string;
  lang?: string | null;
  meta?: string | null;
  attributes?: { readonly [name: string]: string | null | undefined } | null;
  children?: MarkdownNode[];
  data?: { hName?: string; hProperties?: { [name: string]: string }; hChildren?: unknown[]; directiveLabel?: boolean };
}

const MARK = /^\{(run|copy|open)(?:=([^}\s]+))?\}/;

/** What an element stands for, in `data-lesson`; its values in other attributes. */
function become(node: MarkdownNode, tag: 'section' | 'samp', properties: { [name: string]: string }): void {
  node.data = { hName: tag, hProperties: properties };
}

/** `code`{run}: the braces belong to the code before them. */
function markCommands(node: MarkdownNode): void {
  const { children } = node;
  if (!children) return;
  for (const [i, child] of children.entries()) {
    const after = children[i + 1];
    const mark = child.type === 'inlineCode' && after?.type === 'text' ? MARK.exec(after.value ?? '') : undefined;
    if (mark && after) {
      const [all, does = 'run', target = ''] = mark;
      after.value = (after.value ?? '').slice(all.length);
      become(child, 'samp', { dataLesson: does, dataText: child.value ?? '', dataTarget: target });
      child.type = 'lessonCommand';
      child.children = [];
    } else if (child.type === 'code' && /\{run\}\s*$/.test(`${child.lang ?? ''} ${child.meta ?? ''}`)) {
      become(child, 'section', { dataLesson: 'block', dataText: child.value ?? '' });
      child.type = 'lessonCommand';
      child.children = [];
    }
  }
}

function markDirective(node: MarkdownNode): void {
  const { name = '', attributes } = node;
  const values = Object.entries(attributes ?? {}).map(([key, value]) => [
    `data${key[0]?.toUpperCase()}${key.slice(1)}`,
    value ?? '',
  ]);
  become(node, 'section', { dataLesson: name, ...Object.fromEntries(values) });
}

/** `nginx:alpine` in a sentence is no directive. */
function restoreText(node: MarkdownNode): void {
  node.type = 'text';
  node.value = `:${node.name}${(node.children ?? []).map(({ value = '' }) => `[${value}]`).join('')}`;
  delete node.children;
}

function visit(node: MarkdownNode): void {
  markCommands(node);
  for (const child of node.children ?? []) {
    if (child.type === 'textDirective') restoreText(child);
    else if (child.type === 'leafDirective' || child.type === 'containerDirective') markDirective(child);
    visit(child);
  }
}

/** For remark. */
export const lessonMarkdown = () => (tree: unknown) => visit(tree as MarkdownNode);
