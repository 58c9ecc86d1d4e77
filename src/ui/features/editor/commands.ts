/** The editor in the palette. */
import { type Command, openFile } from '../../session/index.ts';
import { examples } from './examples/all.ts';

const NEW: Command = {
  id: 'editor.new',
  label: { en: 'New file in the editor', zh: '在编辑器中新建文件' },
  run: () => openFile({ name: 'manifest.yaml', text: '' }),
};

export const commands: readonly Command[] = [
  NEW,
  ...examples.map(
    ({ file, text, description, kinds }): Command => ({
      id: `editor.example.${file}`,
      label: {
        en: `Example: ${file.replace(/\.yaml$/, '')}`,
        zh: `示例：${file.replace(/\.yaml$/, '')}`,
      },
      also: `${kinds.join(' ')} ${description.en} ${description.zh}`,
      run: () => openFile({ name: file, text }),
    }),
  ),
];
